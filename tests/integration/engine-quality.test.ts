/** Accuracy and fidelity of the bundled models on the bundled data, by the real ONNX Runtime. */
import { afterAll, describe, expect, test } from 'vitest';
import type { EngineParams, EngineProgress } from '../../src/shared/engine-protocol.ts';
import { createRealHost, fashionTestSet, generated, samplePath, settingsWith } from '../fakes/real-engine.ts';

const host = createRealHost();
afterAll(() => host.close());

const progress: EngineProgress[] = [];
function evaluate(changes: Partial<EngineParams<'quality.evaluate'>>) {
  progress.length = 0;
  return host.call(
    'quality.evaluate',
    {
      path: samplePath('fashion-mobilenet'),
      referencePath: null,
      provider: 'node:cpu',
      settings: settingsWith(),
      inputs: fashionTestSet({ limit: null }),
      ...changes,
    },
    { onProgress: (step) => void progress.push(step) },
  );
}

describe('accuracy on the whole test set', () => {
  // samples/README.md says how many are correct in float32; a CPU may round one or two images differently.
  test.each([
    ['fashion-resnet', 9250],
    ['fashion-mobilenet', 9236],
    ['fashion-vit', 8640],
  ])('%s gets about %i of 10,000', async (name, expectedCount) => {
    const { metrics, itemCount, fidelity, paired } = await evaluate({ path: samplePath(name) });
    expect({ itemCount, fidelity, paired }).toEqual({ itemCount: 10_000, fidelity: null, paired: null });
    expect(Math.abs((metrics.top1?.count ?? 0) - expectedCount)).toBeLessThanOrEqual(3);
    expect(metrics.top1?.ciLow).toBeLessThan(expectedCount / 10_000);
    expect(metrics.top1?.ciHigh).toBeGreaterThan(expectedCount / 10_000);
    expect(metrics.top5?.value).toBeGreaterThan(0.99);
    expect(progress.at(-1)).toEqual({ fraction: 1, message: 'Evaluated 10000 of 10000 items' });
    expect(progress.map(({ fraction }) => fraction)).toEqual(
      progress.map(({ fraction }) => fraction).toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    );
  });
});

describe('against a reference', () => {
  test('a model is faithful to itself', async () => {
    const path = samplePath('fashion-mobilenet');
    const { fidelity, paired } = await evaluate({ referencePath: path, inputs: fashionTestSet({ limit: 100 }) });
    expect(fidelity).toEqual({
      cosine: 1,
      sqnrDb: null,
      klDivergence: 0,
      maxAbsoluteError: 0,
      top1Agreement: 1,
      top1AgreementCount: 100,
      itemCount: 100,
      inputs: 'fashion-mnist/test',
    });
    expect(paired).toMatchObject({ difference: 0, pValue: 1, verdict: 'indistinguishable' });
  });

  test('a less accurate model is told apart on the same items', async () => {
    const { fidelity, paired, metrics } = await evaluate({
      path: samplePath('fashion-vit'),
      referencePath: samplePath('fashion-mobilenet'),
      inputs: fashionTestSet({ limit: 2000 }),
    });
    expect(paired).toMatchObject({ verdict: 'worse' });
    expect(paired?.difference).toBeLessThan(-0.03);
    expect(fidelity?.top1Agreement).toBeLessThan(0.95);
    expect(fidelity?.cosine).toBeLessThan(0.98);
    expect(metrics.top1?.value).toBeLessThan(0.9);
  });

  test('without labels there is fidelity only', async () => {
    const { metrics, paired, fidelity } = await evaluate({
      referencePath: samplePath('fashion-vit'),
      inputs: fashionTestSet({ limit: 65, labels: false }),
    });
    expect({ metrics, paired }).toEqual({ metrics: {}, paired: null });
    // The output is named “logits”, so classes are compared all the same.
    expect(fidelity).toMatchObject({ itemCount: 65, top1AgreementCount: expect.any(Number) });
  });

  test('generated inputs do where there is no dataset', async () => {
    const { fidelity, itemCount } = await evaluate({
      referencePath: samplePath('fashion-mobilenet'),
      inputs: generated,
    });
    expect(itemCount).toBe(32);
    expect(fidelity).toMatchObject({ inputs: 'generated', cosine: 1 });
  });
});
