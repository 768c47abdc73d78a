import { Alert, Button, Skeleton, Text } from '@mantine/core';
import { IconDownload, IconExternalLink, IconFolder, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Report } from '#shared/report.ts';
import { isolateName, quoteName } from '#shared/text/name-text.ts';
import { client } from '../../api/client.ts';
import { host } from '../../api/host.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { showDone, showFailure } from '../../components/undo-notice.tsx';
import { formatName } from './report-format.ts';
import classes from './report-preview.module.css';

/** One report: what it says, and what can be done with its file. */
export function ReportPreview({ report, onRemoved }: { report: Report; onRemoved: () => void }) {
  return (
    <SectionCard
      title={isolateName(report.title)}
      isFlush
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden />}
            disabled={!report.exists}
            onClick={() => void saveReport(report)}
          >
            {host.showInFolder ? 'Save as' : 'Download'}
          </Button>
          <Button
            variant="default"
            leftSection={<IconExternalLink size={14} aria-hidden />}
            disabled={!report.exists}
            onClick={() => void act(() => host.openReport(report), 'The report could not be opened')}
          >
            Open
          </Button>
          {host.showInFolder ? (
            <Button
              variant="default"
              leftSection={<IconFolder size={14} aria-hidden />}
              disabled={!report.exists}
              onClick={() => void host.showInFolder?.(report.path)}
            >
              Show in folder
            </Button>
          ) : null}
          <Button
            variant="default"
            leftSection={<IconTrash size={14} aria-hidden />}
            onClick={() => void removeReport(report, onRemoved)}
          >
            Remove
          </Button>
        </>
      }
    >
      <Contents report={report} />
    </SectionCard>
  );
}

function Contents({ report }: { report: Report }) {
  const isText = report.format !== 'pdf';
  const read = useQuery({
    queryKey: ['report', report.id],
    queryFn: () => client.reports.read({ id: report.id }),
    enabled: isText && report.exists,
  });
  if (!report.exists) {
    return (
      <Alert color="yellow" m="md">
        The file was deleted outside of Whittle. Make the report again, or remove it from this list.
      </Alert>
    );
  }
  if (!isText) {
    return (
      <Text p="md" c="dimmed">
        A {formatName(report.format)} is shown by another program: open it, or save it elsewhere.
      </Text>
    );
  }
  if (read.error) return <ErrorMessage error={read.error} title="The report could not be read" />;
  if (!read.data) return <Skeleton h={400} m="md" aria-label="Reading the report" />;
  if (report.format === 'html') {
    // Without any permission: what a report holds cannot run, and cannot reach the page.
    return <iframe className={classes['frame']} sandbox="" srcDoc={read.data.text} title={report.title} />;
  }
  return (
    <pre className={classes['text']} tabIndex={0} aria-label={report.title}>
      {read.data.text}
    </pre>
  );
}

async function saveReport(report: Report): Promise<void> {
  await act(async () => {
    const saved = await host.saveReport(report);
    if (saved.kind === 'saved') showDone(`${quoteName(report.title)} was written to ${saved.path}.`);
  }, 'The report was not saved');
}

async function removeReport({ id }: Report, onRemoved: () => void): Promise<void> {
  if (await act(() => client.reports.remove({ id }), 'The report was not removed')) onRemoved();
}

async function act(action: () => Promise<unknown>, failure: string): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    showFailure(error, failure);
    return false;
  }
}
