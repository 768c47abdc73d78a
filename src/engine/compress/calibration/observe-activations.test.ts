/** Against whole tensors of the bundled models, which ONNX Runtime gives. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { foldAll } from '../passes/fold-batch-norm.ts';
import { collectActivations } from './collect-activations.ts';
import { observeActivations } from './observe-activations.ts';

const samplesPath = join(import.meta.dirname, '../../../../resources/samples');
const inputs: InputSource = { kind: 'generated', seed: 5 };
const onProgress = () => {};

describe.each(['mobilenet', 'vit'])('what is seen of %s', (name) => {
  test('has the extremes of the whole tensors', async () => {
    const { model } = await loadModel(join(samplesPath, `fashion-${name}.onnx`));
    foldAll(model);
    const products = (model.graph as GraphProto).nodes.filter(({ opType }) =>
      ['Conv', 'MatMul', 'Gemm'].includes(opType),
    );
    const weights = new Set((model.graph as GraphProto).initializers.map((tensor) => tensor.name));
    const tensors = [
      ...new Set(products.filter((node) => weights.has(node.inputs[1] ?? '')).map((node) => node.inputs[0] as string)),
    ];
    const whole = new Map<string, { highest: number; lowest: number }>();
    await collectActivations({
      model,
      tensorNames: tensors,
      inputs,
      look(tensor, values) {
        const found = whole.get(tensor) ?? { highest: -Infinity, lowest: Infinity };
        whole.set(tensor, found);
        for (let index = 0; index < values.length; index += 1) {
          const value = values[index] as number;
          if (value > found.highest) found.highest = value;
          if (value < found.lowest) found.lowest = value;
        }
      },
    });
    const seen = await observeActivations({
      model,
      tensors,
      inputs,
      provider: 'node:cpu',
      takesMeans: true,
      exactExtremes: true,
      onProgress,
    });
    expect([...seen.samples.keys()].sort()).toEqual([...tensors].sort());
    expect(seen.itemCount).toBe(32);
    for (const [tensor, sample] of seen.samples) {
      const exact = whole.get(tensor);
      if (!exact) throw new Error(`${tensor} was not seen whole.`);
      const room = 1e-4 * Math.max(Math.abs(exact.highest), Math.abs(exact.lowest));
      expect(Math.abs(Math.max(...sample.highest) - exact.highest)).toBeLessThan(room);
      // Where nothing can be negative, the lowest is not looked at and is 0.
      expect(Math.abs(Math.min(0, ...sample.lowest) - Math.min(0, exact.lowest))).toBeLessThan(room);
      expect(sample.values.length).toBeGreaterThan(0);
      expect(Math.max(...sample.values.subarray(0, 10_000))).toBeLessThanOrEqual(exact.highest + room);
    }
  });
});

test('means are those of the items that are kept as feeds', async () => {
  const { model } = await loadModel(join(samplesPath, 'fashion-mobilenet.onnx'));
  foldAll(model);
  const tensor = (model.graph as GraphProto).nodes.find(({ opType }) => opType === 'Clip')?.outputs[0] as string;
  const { statistics, batches } = await observeActivations({
    model,
    tensors: [tensor],
    inputs,
    provider: 'node:cpu',
    takesMeans: true,
    exactExtremes: false,
    onProgress,
  });
  const found = statistics.get(tensor);
  if (!found) throw new Error('There are no means.');
  const [, channelCount = 0, ...sizes] = found.dims;
  const positions = sizes.reduce((total, size) => total * size, 1);
  const sums = new Float64Array(channelCount);
  let items = 0;
  await collectActivations({
    model,
    tensorNames: [tensor],
    inputs,
    itemLimit: batches.length,
    look(_, values) {
      items += values.length / (channelCount * positions);
      for (const [index, value] of values.entries()) {
        const channel = Math.floor(index / positions) % channelCount;
        sums[channel] = (sums[channel] as number) + value;
      }
    },
  });
  expect(items).toBe(batches.length);
  for (const [channel, mean] of found.means.entries()) {
    expect(mean).toBeCloseTo((sums[channel] as number) / (items * positions), 5);
  }
});
