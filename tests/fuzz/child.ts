/** A process that runs the cases it is sent, so that one that hangs or crashes takes nobody with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCorpus } from './corpus.ts';
import { fileOf, type Outcome, prepareFolder, runCase } from './run-case.ts';

export type CaseReport = { seed: number; outcome: Outcome; cpuMs: number; peakBytes: number };

const corpus = await readCorpus();
const folder = mkdtempSync(join(tmpdir(), 'whittle-fuzz-'));
prepareFolder(folder);
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
process.on('message', (seed: number) => void answer(seed));

async function answer(seed: number): Promise<void> {
  const file = fileOf(corpus, seed);
  const before = process.cpuUsage();
  const outcome = await runCase(file, { folder, seed });
  const { user, system } = process.cpuUsage(before);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const report: CaseReport = { seed, outcome, cpuMs: (user + system) / 1000, peakBytes };
  process.send?.(report);
}

process.send?.('ready');
