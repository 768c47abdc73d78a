/** Puts the bundled samples into a new home. Each is seeded once: one that the user removed stays removed. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, toErrorData } from '#shared/app-error.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { ModelLibrary } from './model-library.ts';

const SEEDED_KEY = 'seeded-samples';

export async function seedSamples(options: {
  store: Store;
  library: Pick<ModelLibrary, 'import'>;
  samplesPath: string;
  signal: AbortSignal;
  log: Log;
}): Promise<void> {
  const { store, library, samplesPath, signal, log } = options;
  const readSeeded = (): string[] => z.array(z.string()).parse(JSON.parse(store.meta.get(SEEDED_KEY) ?? '[]'));
  const samples = readdirSync(samplesPath).filter((name) => name.endsWith('.onnx'));
  // The best known architecture first, as a list for people.
  const inOrder = ['fashion-resnet.onnx', 'fashion-mobilenet.onnx', 'fashion-vit.onnx'];
  samples.sort((a, b) => rank(inOrder, a) - rank(inOrder, b) || (a < b ? -1 : 1));
  for (const name of samples) {
    if (readSeeded().includes(name)) continue;
    try {
      await library.import(join(samplesPath, name), { signal });
      store.transaction(() => store.meta.set(SEEDED_KEY, JSON.stringify([...new Set([...readSeeded(), name])])));
    } catch (error) {
      // Closed before it was done: the next start goes on.
      if (error instanceof AppError && error.kind === 'cancelled') return;
      log.warn(`The sample ${name} could not be added to the library: ${toErrorData(error).message}`);
    }
  }
}

function rank(order: readonly string[], name: string): number {
  const index = order.indexOf(name);
  return index === -1 ? order.length : index;
}
