/** What can be done with an experiment as a whole, wherever it is listed. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconPencil, IconPlayerPlay, IconRepeat, IconTrash } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import type { ExperimentSummary } from '#shared/experiment.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { countText } from '#shared/text/number-text.ts';
import { client } from '../../api/client.ts';
import { host } from '../../api/host.ts';
import { isUnderWay } from '../../api/use-experiment.ts';
import { showDone, showFailure, showUndo } from '../../components/undo-notice.tsx';
import { askForName } from '../library/rename-modal.tsx';

const icon = { size: 15, stroke: 1.6 };

export function ExperimentMenu({ experiment }: { experiment: ExperimentSummary }) {
  const [location, navigate] = useLocation();
  const { id, name } = experiment;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon color="gray" aria-label={`Actions for ${name}`}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconPencil {...icon} />}
          onClick={() => askForName({ name, rename: (entered) => client.experiments.rename({ id, name: entered }) })}
        >
          Rename…
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload {...icon} />} onClick={() => void exportRuns(experiment)}>
          Export runs…
        </Menu.Item>
        {experiment.status === 'completed' ? (
          <Menu.Item
            leftSection={<IconRepeat {...icon} />}
            onClick={() =>
              void measureAgain(experiment).then((address) => (address === null ? undefined : navigate(address)))
            }
          >
            Measure again
          </Menu.Item>
        ) : null}
        {experiment.status !== 'completed' || experiment.isImported ? (
          <Menu.Item
            leftSection={<IconPlayerPlay {...icon} />}
            onClick={() =>
              void runAgain(experiment).then((address) => (address === null ? undefined : navigate(address)))
            }
          >
            {experiment.isImported ? 'Run on this machine' : 'Run again'}
          </Menu.Item>
        ) : null}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconTrash {...icon} />}
          disabled={isUnderWay(experiment)}
          onClick={() =>
            void removeExperiment(experiment).then((isRemoved) =>
              isRemoved && location !== '/results' ? navigate('/results') : undefined,
            )
          }
        >
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Where an experiment is shown while it runs, and when it has ended. */
export function progressAddress(experimentId: string): string {
  return `/benchmark?experiment=${experimentId}`;
}

/**
 * Refused where a file or the device is another one; the results then say of each number whether it came back.
 * @returns where to follow it; null where it was refused, which was said by then
 */
export async function measureAgain({ id }: Pick<ExperimentSummary, 'id'>): Promise<string | null> {
  try {
    return progressAddress((await client.experiments.reproduce({ id })).experimentId);
  } catch (error) {
    showFailure(error, 'It is not measured again');
    return null;
  }
}

/** The same models, providers, settings and seed, also on another device: nothing is held against the earlier results. */
async function runAgain({ id, isImported }: ExperimentSummary): Promise<string | null> {
  try {
    const { plan, name } = await client.experiments.get({ id });
    // What came from another device is not a repeat here, even if it was one there.
    const reproduces = isImported ? undefined : plan.reproduces;
    return progressAddress((await client.experiments.start({ ...plan, name, reproduces })).experimentId);
  } catch (error) {
    showFailure(error, 'It was not started again');
    return null;
  }
}

async function exportRuns({ id, name }: ExperimentSummary): Promise<void> {
  try {
    const saved = await host.saveRuns([id], name);
    if (saved.kind === 'saved') showDone(`The runs of ${quoteName(name)} were written to ${saved.path}.`);
  } catch (error) {
    showFailure(error, 'The runs were not exported');
  }
}

export async function importRuns(): Promise<void> {
  try {
    const path = await host.pickRunsFile();
    if (path === null) return;
    const { experimentIds, runCount, skippedCount } = await client.runs.import({ path });
    const known = `${countText(skippedCount, 'run was', 'runs were')} here already.`;
    if (runCount === 0) showDone(`Nothing in this file is new: ${known}`);
    else {
      const arrived = `${countText(runCount, 'run')} of ${countText(experimentIds.length, 'experiment')} came in.`;
      showDone(skippedCount === 0 ? arrived : `${arrived} ${known}`);
    }
  } catch (error) {
    showFailure(error, 'Nothing was imported');
  }
}

async function removeExperiment({ id, name }: ExperimentSummary): Promise<boolean> {
  try {
    await client.experiments.remove({ id });
    showUndo(`${quoteName(name)} was removed.`, () => client.experiments.restore({ id }));
    return true;
  } catch (error) {
    showFailure(error);
    return false;
  }
}
