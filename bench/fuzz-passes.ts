/**
 * Random networks through random recipes, in the real ONNX Runtime: `node bench/fuzz-passes.ts [minutes] [first seed]`. Each seed stands for
 * cases that run in a process of their own; what does not hold is made as small as it gets, and printed with its seed, and so is a process that
 * crashed. `tests/fuzz` has the networks (`random-model.ts`), the recipes and what is required (`check-recipe.ts`). At the end: how many
 * were made and refused, and how near results were, by pass.
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { quantileOfSorted } from '#shared/statistics/quantile.ts';
import { type Checked, checkRecipe } from '../tests/fuzz/check-recipe.ts';
import { modelDraws } from '../tests/fuzz/random-model.ts';
import { recipes } from '../tests/fuzz/random-recipes.ts';

const CASES_OF_SEED = 40;
/** Making what was found smaller ends then, too. */
const SEED_LIMIT_MS = 90_000;
/** A process is ended after so many seconds without a word. Counted, so that time in which both were stopped is none. */
const SILENCE_LIMIT_S = 120;

type Report = { pass: string; checked: Checked } | { found: string };

if (process.send) await runSeed(Number(process.argv[2]));
else await runFor(Number(process.argv[2] ?? 15), Number(process.argv[3] ?? 1));

async function runSeed(seed: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'whittle-fuzz-'));
  mkdirSync(join(folder, 'made'));
  const send = (report: Report): void => void process.send?.(report);
  try {
    const property = fc.asyncProperty(modelDraws, recipes, async (draw, recipe) => {
      const checked = await checkRecipe(draw, recipe, folder);
      send({ pass: recipe.passes.at(-1)?.pass ?? '', checked });
    });
    const details = await fc.check(property, {
      seed,
      numRuns: CASES_OF_SEED,
      interruptAfterTimeLimit: SEED_LIMIT_MS,
    });
    if (details.failed) {
      const reason =
        details.errorInstance instanceof Error ? details.errorInstance.stack : String(details.errorInstance);
      send({ found: `${JSON.stringify(details.counterexample)}\n${reason}` });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    process.disconnect();
  }
}

async function runFor(minutes: number, firstSeed: number): Promise<void> {
  const endMs = performance.now() + minutes * 60_000;
  const results = new Map<string, Checked[]>();
  const reasons = new Map<string, number>();
  let findCount = 0;
  let seed = firstSeed;
  for (; performance.now() < endMs; seed += 1) {
    const found = await observeSeed(seed, ({ pass, checked }) => {
      results.set(pass, [...(results.get(pass) ?? []), checked]);
      if (checked.kind === 'made') return;
      const reason = checked.message.replaceAll(/“[^”]*”|\d[\d,.]*/g, '…').slice(0, 110);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    });
    if (found === null) continue;
    findCount += 1;
    console.log(`seed ${seed}: ${found}`);
  }
  const total = [...results.values()].reduce((sum, list) => sum + list.length, 0);
  console.log(`${total} cases of seeds ${firstSeed} to ${seed - 1}, ${findCount} finds`);
  for (const [pass, list] of results) {
    const made = list.filter((one) => one.kind === 'made');
    const cosines = made.map(({ cosine }) => cosine).toSorted((a, b) => a - b);
    const at = (share: number): string => (cosines.length === 0 ? '–' : quantileOfSorted(cosines, share).toFixed(6));
    console.log(
      `${pass}: ${made.length} made, ${list.length - made.length} refused; cosine, least, 5 %, median: ${at(0)}, ${at(0.05)}, ${at(0.5)}`,
    );
  }
  for (const [reason, count] of [...reasons].toSorted((a, b) => b[1] - a[1]))
    console.log(`${String(count).padStart(6)}  ${reason}`);
  if (findCount > 0) process.exitCode = 1;
}

/** @returns what does not hold, or how the process ended; null where all is well */
function observeSeed(
  seed: number,
  onChecked: (report: { pass: string; checked: Checked }) => void,
): Promise<string | null> {
  return new Promise((resolve) => {
    const child = fork(import.meta.filename, [String(seed)], { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] });
    let found: string | null = null;
    let silentSeconds = 0;
    const timer = setInterval(() => {
      silentSeconds += 1;
      if (silentSeconds === SILENCE_LIMIT_S) child.kill('SIGKILL');
    }, 1000);
    child.on('message', (report: Report) => {
      silentSeconds = 0;
      if ('found' in report) ({ found } = report);
      else onChecked(report);
    });
    child.once('exit', (code, signal) => {
      clearInterval(timer);
      resolve(found ?? (code === 0 ? null : `the process ended with ${signal ?? code}`));
    });
  });
}
