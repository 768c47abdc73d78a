/** A few hundred files, broken at random: each is used or refused with a sentence. `bench/fuzz-onnx.ts` runs as many as one likes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCorpus } from '../fuzz/corpus.ts';
import { fileOf, type Outcome, prepareFolder, runCase } from '../fuzz/run-case.ts';

const CASE_COUNT = 400;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-broken-'));
  prepareFolder(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the files that are broken do all steps as long as they are whole', async () => {
  for (const [index, file] of (await readCorpus()).entries()) {
    const outcome = await runCase(file, { folder, seed: index });
    expect(outcome).toMatchObject({ isFind: false, kind: expect.stringMatching(/^done|\(change\)$/) });
  }
});

test('broken at random, each is used, or refused with a sentence', async () => {
  const corpus = await readCorpus();
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= CASE_COUNT; seed += 1) {
    const outcome = await runCase(fileOf(corpus, seed), { folder, seed });
    expect({ seed, ...outcome }).toMatchObject({ isFind: false });
    outcomes.push(outcome);
  }
  // Breaks that were always refused at once, or never, would test little.
  const refusedCount = outcomes.filter(({ kind }) => kind === 'invalid-model (load)').length;
  expect(refusedCount).toBeGreaterThan(CASE_COUNT / 4);
  expect(refusedCount).toBeLessThan((CASE_COUNT * 9) / 10);
});
