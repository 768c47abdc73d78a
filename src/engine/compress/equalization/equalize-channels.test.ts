/** On the bundled models: that equalizing changes nothing of what they compute, and makes channels alike. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { Recipe } from '#shared/recipe.ts';
import { loadModel } from '../../onnx/load-model.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { floatsOf } from '../../onnx/tensor-contents.ts';
import { writeModel } from '../../onnx/write-model.ts';
import { measureFidelity } from '../../quality/measure-fidelity.ts';
import { compressModel } from '../compress-model.ts';
import { foldAll } from '../passes/fold-batch-norm.ts';
import { requirePass } from '../validate-recipe.ts';
import { factorsFromWeights } from './choose-factors.ts';
import { findScalableGroups } from './find-scalable-groups.ts';
import { rescaleGroups } from './rescale-groups.ts';
import { createWeightRanges } from './weight-ranges.ts';
import { NO_ORIGIN } from '../../../../tests/fakes/no-origin.ts';

const samplesPath = join(import.meta.dirname, '../../../../resources/samples');
const inputs: InputSource = { kind: 'generated', seed: 3 };
const pathOf = (name: string): string => join(samplesPath, `fashion-${name}.onnx`);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-equalize-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function equalize(name: string, settings: Record<string, unknown>) {
  const { model } = await loadModel(pathOf(name));
  const pass = requirePass('equalize-channels');
  const outcome = await pass.apply(model, pass.settings.parse(settings), {
    parentPath: pathOf(name),
    inputs,
    cpuExtensions: () => Promise.resolve([]),
    onProgress: () => {},
  });
  return { model, outcome };
}

describe.each(['resnet', 'mobilenet', 'vit'])('%s', (name) => {
  test.each([
    { method: 'activations', strength: 0.5 },
    { method: 'activations', strength: 1 },
    { method: 'weights', strength: 0.5 },
  ])('computes the same after %j, within the rounding of float32', async (settings) => {
    const { model, outcome } = await equalize(name, settings);
    expect(outcome.summary).toMatch(/of [1-9]\d* groups? of tensors/);
    const candidatePath = join(folder, `${name}.onnx`);
    await writeModel(model, candidatePath);
    const found = await measureFidelity({
      referencePath: pathOf(name),
      candidatePath,
      inputs,
      provider: 'node:cpu',
    });
    // A relative error of 1e-5; another number would not be rounding.
    expect(found.sqnrDb ?? Infinity).toBeGreaterThan(100);
  });
});

test('weights that make a channel and weights that read it get like ranges', async () => {
  const { model } = await loadModel(pathOf('resnet'));
  foldAll(model);
  const unevenness = (): number[] => {
    const groups = findScalableGroups(model.graph as GraphProto);
    const rangesOf = createWeightRanges(groups, new Map());
    return groups.map((group) => {
      const [made, read] = [rangesOf(group, 'maker'), rangesOf(group, 'reader')];
      const logs = made.map((value, channel) => Math.log(value / (read[channel] as number)));
      const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
      return Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length);
    });
  };
  const before = unevenness();
  const groups = findScalableGroups(model.graph as GraphProto);
  rescaleGroups(model, factorsFromWeights(groups, { strength: 0.5, largestGain: 4096 }));
  const after = unevenness();
  expect(after).toHaveLength(before.length);
  for (const [index, value] of after.entries()) expect(value).toBeLessThan((before[index] as number) / 2);
});

test('a gain of 1 leaves every weight as it was', async () => {
  const { model } = await equalize('vit', { method: 'weights', largestGain: 1 });
  const { model: given } = await loadModel(pathOf('vit'));
  const weightsOf = ({ graph }: typeof model) =>
    (graph as GraphProto).initializers.filter(({ dims }) => dims.length === 2).map((tensor) => floatsOf(tensor));
  expect(weightsOf(model)).toEqual(weightsOf(given));
});

test.each(['resnet', 'mobilenet', 'vit'])('no group of %s with a Clip is changed without data', async (name) => {
  const { model } = await loadModel(pathOf(name));
  const groups = findScalableGroups(model.graph as GraphProto);
  const changed = factorsFromWeights(groups, { strength: 0.5, largestGain: 64 });
  expect(new Set(changed.keys())).toEqual(new Set(groups.filter(({ clips }) => clips.length === 0)));
});

test.each([
  ['quantize-dynamic', {}],
  ['quantize-weights', { bits: 8, method: 'nearest' }],
  ['float16', {}],
  ['quantize-static', { biasCorrection: false }],
])('%s takes an equalized model', async (pass, settings) => {
  const recipe: Recipe = {
    version: 1,
    name: 'equalized',
    passes: [
      { pass: 'equalize-channels', settings: {} },
      { pass, settings },
    ],
  };
  const made = await compressModel(
    {
      path: pathOf('vit'),
      outputPath: join(folder, `${pass}.onnx`),
      recipe,
      ...NO_ORIGIN,
      inputs,
    },
    () => {},
  );
  expect(made.fidelity?.cosine).toBeGreaterThan(0.999);
});
