import { describe, expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight } from '../../../../tests/fakes/small-model.ts';
import type { ModelProto, NodeProto } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { createNoiseMeter } from './measure-noise.ts';

const about = { inputs: { kind: 'generated', seed: 1 }, provider: 'node:cpu' } as const;

/** A product, whose weights the seed draws, and what is made of it. */
function modelWith(seed: number, tail: NodeProto[], outputs: string[]): ModelProto {
  return modelOf(17, {
    inputs: { x: ['float32', [1, 8]] },
    outputs,
    nodes: [nodeOf('MatMul', ['x', 'w'], ['a']), ...tail],
    weights: [randomWeight('w', [8, 16], seed)],
  });
}
const cast = (to: bigint) => nodeOf('Cast', ['a'], ['y'], { to });
const sequence = nodeOf('SequenceConstruct', ['a', 'a'], ['s']);

describe('noise is that of the outputs that hold numbers', () => {
  test.each<[string, NodeProto[], string[]]>([
    ['float32', [], ['a']],
    ['float16', [cast(10n)], ['y']],
    ['float64', [cast(11n)], ['y']],
    ['classes in int64', [nodeOf('ArgMax', ['a'], ['y'], { axis: 1n })], ['y']],
    ['float32 beside a sequence', [sequence], ['s', 'a']],
    ['float32 beside strings', [cast(8n)], ['y', 'a']],
  ])('%s', async (_, tail, outputs) => {
    const { measure } = await createNoiseMeter(modelWith(1, tail, outputs), about);
    expect(await measure(modelWith(1, tail, outputs))).toEqual({ cosine: expect.closeTo(1, 12), sqnrDb: Infinity });
    const { sqnrDb } = await measure(modelWith(2, tail, outputs));
    expect(sqnrDb).toBeLessThan(10);
  });
});

test('without any, there is nothing that could be near enough', async () => {
  await expect(createNoiseMeter(modelWith(1, [sequence], ['s']), about)).rejects.toThrow(
    expect.objectContaining({ kind: 'unsupported', message: expect.stringContaining('nothing to compare') }),
  );
});

test('what does not run is refused in a sentence', async () => {
  const gather = nodeOf('Gather', ['a', 'far'], ['y']);
  const model = modelWith(1, [gather], ['y']);
  model.graph?.initializers.push(tensorFrom('far', 'int64', [1], BigInt64Array.of(9n)));
  await expect(createNoiseMeter(model, about)).rejects.toThrow(expect.objectContaining({ kind: 'unsupported' }));
});
