/** Edits that must not change what a model computes, on every real model. */
import { describe, expect, test } from 'vitest';
import { foldConstants } from '../../src/engine/compress/folding/fold-constants.ts';
import { inlineFunctions } from '../../src/engine/onnx/functions/inline-functions.ts';
import { loadModel } from '../../src/engine/onnx/load-model.ts';
import { NEWEST_OPSET, opsetOf, raiseOpset } from '../../src/engine/onnx/raise-opset/raise-opset.ts';
import { distanceInUlps } from '../fakes/output-distance.ts';
import { realModels } from '../fakes/real-models.ts';
import { runModel } from '../fakes/small-model.ts';
import { wrapInFunctions } from '../fakes/wrap-in-functions.ts';

describe('wrapped in functions and inlined again', () => {
  test.each(realModels)('$name gives the same bits', async ({ path, shapes }) => {
    const { model } = await loadModel(path);
    wrapInFunctions(model, 12);
    const wrapped = await runModel(model, { shapes });
    const { callCount, kept } = inlineFunctions(model);
    expect(callCount).toBeGreaterThan(0);
    expect(kept.every(({ reason }) => reason.includes('in floating point'))).toBe(true);
    expect(distanceInUlps(await runModel(model, { shapes }), wrapped)).toBe(0);
  });
});

describe('with constants folded', () => {
  test.each(realModels)('$name gives the same bits', async ({ path, shapes }) => {
    const { model } = await loadModel(path);
    const before = await runModel(model, { shapes });
    const { nodeCountBefore, nodeCountAfter } = await foldConstants(model);
    expect(nodeCountAfter).toBeLessThanOrEqual(nodeCountBefore);
    expect(distanceInUlps(await runModel(model, { shapes }), before)).toBe(0);
  });
});

describe('raised to the newest opset', () => {
  test.each(realModels)('$name gives the same outputs', async ({ name, path, shapes }) => {
    const { model } = await loadModel(path);
    const before = await runModel(model, { shapes });
    raiseOpset(model, NEWEST_OPSET);
    expect(opsetOf(model.opsetImports)).toBe(NEWEST_OPSET);
    // It has an AveragePool, which ONNX Runtime sums up in another order from opset 19 on.
    const allowedUlps = name === 'ch_PP-OCRv4_rec_infer' ? 64 : 0;
    expect(distanceInUlps(await runModel(model, { shapes }), before)).toBeLessThanOrEqual(allowedUlps);
  });
});
