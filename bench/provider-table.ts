/**
 * The table of docs/providers.md: what every provider makes of `fashion-resnet` and its int8 variant on this machine, in one experiment.
 *
 *   node bench/provider-table.ts [SECONDS]      default: 20; after `npm run build`
 *
 * With WHITTLE_WEB_SOFTWARE_GPU=1 what needs a GPU computes in software where SwiftShader is found, and is marked so.
 */
import { availableParallelism } from 'node:os';
import { isMostlyOnCpu } from '#shared/placement.ts';
import type { Run } from '#shared/run.ts';
import { msIntervalText, msText } from '#shared/text/number-text.ts';
import { leftToCpuText, placementText } from '#shared/text/placement-text.ts';
import { statusText } from '#shared/text/case-text.ts';
import { findSwiftShader } from '../tests/fakes/swiftshader.ts';
import { openTemporaryWorkbench, samplePath } from './temporary-workbench.ts';

const seconds = Number(process.argv[2] ?? 20);
if (process.env['WHITTLE_WEB_SOFTWARE_GPU'] === '1') Object.assign(process.env, findSwiftShader());

const workbench = await openTemporaryWorkbench({ withBrowser: true });
try {
  const { client } = workbench;
  const { variant } = await client.models.import({ path: samplePath('fashion-resnet') });
  const int8 = await compress(variant.id);
  const statuses = await client.devices.providers({});
  const usable = statuses.filter(({ status }) => status === 'usable');
  const { runs, device } = await workbench.measure({
    variantIds: [variant.id, int8],
    providers: usable.map(({ id }) => id),
    timeBudgetSeconds: seconds,
    stopEarly: false,
    seed: 1,
  });
  const busy = runs.flatMap(({ warnings }) => warnings).find(({ kind }) => kind === 'busy-machine');
  console.log(
    [
      `${device.cpu.model ?? device.cpu.architecture}, ${availableParallelism()} logical cores, GPU: ${device.gpus.map(({ name }) => name).join(', ') || 'none'}, ${device.os.name ?? device.os.platform}; ${seconds} s of measuring. ${busy?.message ?? ''}`.trim(),
      '',
      '| provider | variant | same as the CPU | largest difference, share of what is allowed | ran on | left to the CPU | median, ms (95 % interval) |',
      '|---|---|---|---|---|---|---|',
      ...runs.map(rowOf),
      '',
      ...statuses
        .filter(({ status }) => status !== 'usable')
        .map(({ id, reason }) => `- \`${id}\`: ${reason ?? 'not known'}`),
    ].join('\n'),
  );
  for (const { provider, model, error } of runs) {
    if (error !== null) console.log(`- \`${provider}\` with ${model.name}: ${error.message}`);
  }
} finally {
  await workbench.close();
}

async function compress(variantId: string): Promise<string> {
  const recipe = { version: 1 as const, name: 'int8', passes: [{ pass: 'quantize-static', settings: {} }] };
  const { jobId } = await workbench.client.recipes.compress({ variantId, recipe });
  for await (const _ of await workbench.client.jobs.watch({ id: jobId })) {
    // Only its end matters.
  }
  const { result } = await workbench.client.jobs.get({ id: jobId });
  return (result as { variantId: string }).variantId;
}

function rowOf(run: Run): string {
  const { provider, parity, placement, latencyMs, warnings } = run;
  const isSoftware = warnings.some(({ kind }) => kind === 'software-gpu');
  const name = `${provider}${isSoftware ? ' (software)' : ''}${isMostlyOnCpu(run) ? ' (mostly on the CPU)' : ''}`;
  const interval = latencyMs && msIntervalText(latencyMs.ciLow, latencyMs.ciHigh);
  return `| ${[
    name,
    run.model.name,
    parity === null ? (provider === 'node:cpu' && latencyMs ? 'is the CPU' : '—') : parity.passed ? 'yes' : '**no**',
    parity === null || parity.maxAbsoluteError === null
      ? '—'
      : `${parity.maxAbsoluteError.toPrecision(2)}, ${Number((parity.toleranceRatio ?? 0).toPrecision(2))}`,
    placementText(placement) ?? '—',
    leftToCpuText(run) ?? (placement.length === 0 ? '—' : 'nothing'),
    latencyMs === null ? statusText(run) : `${msText(latencyMs.median)}${interval ? ` (${interval})` : ''}`,
  ].join(' | ')} |`;
}
