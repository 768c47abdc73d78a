/** Small models before and after, in the real ONNX Runtime: the outputs are the same bits. */
import { describe, expect, test } from 'vitest';
import { modelOf, nodeOf, graphOf, runModel, valueOf } from '../../../../tests/fakes/small-model.ts';
import { floats, image, on, type OpsetCase, opsetCases, text } from '../../../../tests/fakes/opset-cases.ts';
import { distanceInUlps } from '../../../../tests/fakes/output-distance.ts';
import { createAttribute, type ModelProto, type NodeProto } from '../ir.ts';
import { operatorVersions } from './operator-versions.ts';
import { NEWEST_OPSET, opsetOf, raiseOpset } from './raise-opset.ts';
import { rules } from './rules.ts';

/** ONNX Runtime's kernel of opset 19 sums in another order. */
const allowedUlps = ({ node, opset }: OpsetCase, target: number): number =>
  node.opType === 'AveragePool' && opset < 19 && target >= 19 ? 2 : 0;

const single = ({ opset, node, inputs = {}, weights = [] }: OpsetCase): ModelProto =>
  modelOf(opset, { inputs, outputs: node.outputs, nodes: [node], weights });

describe('in ONNX Runtime', () => {
  test.each(Object.entries(opsetCases))(
    '%s gives the same bits in every opset up to the newest',
    async (_name, about) => {
      const before = await runModel(single(about));
      for (const target of [11, 13, 18, NEWEST_OPSET]) {
        const model = single(about);
        raiseOpset(model, target);
        expect(opsetOf(model.opsetImports)).toBe(Math.max(target, about.opset));
        expect(distanceInUlps(await runModel(model), before)).toBeLessThanOrEqual(allowedUlps(about, target));
      }
    },
  );
});

describe('the table', () => {
  const changes = Object.entries(operatorVersions).flatMap(([opType, versions]) =>
    versions.split(' ').flatMap((version) => (version.endsWith('*') ? [`${opType} ${version.slice(0, -1)}`] : [])),
  );

  test('has a rule for each change of meaning, and no other', () => {
    const ruled = Object.entries(rules).flatMap(([opType, byOpset]) =>
      Object.keys(byOpset).map((opset) => `${opType} ${opset}`),
    );
    expect(ruled.toSorted()).toEqual(changes.toSorted());
  });

  test('counts upwards', () => {
    for (const versions of Object.values(operatorVersions)) {
      const numbers = versions.split(' ').map((version) => Number(version.replace('*', '')));
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      expect(numbers.every((version) => version >= 7 && version <= NEWEST_OPSET)).toBe(true);
    }
  });

  test('every rule is run above, or refuses below', () => {
    const run = new Set(Object.values(opsetCases).map(({ node }) => node.opType));
    const refusing = ['Scan'];
    expect(Object.keys(rules).filter((opType) => !run.has(opType))).toEqual(refusing);
  });
});

describe('what cannot be raised', () => {
  const computed = { also: ['s'], inputs: { ...image, s: ['float32', [4]] } } as const;
  const bodyOf = (...nodes: NodeProto[]) => graphOf({ inputs: [valueOf('i')], outputs: [valueOf('o')], nodes });
  const refused: Record<string, { about: OpsetCase; target?: number; reason: string }> = {
    'an operator that is not known': { about: on(9, 'Frobnicate'), reason: 'is of a type that is not known here' },
    'a mask that is read': {
      about: on(9, 'Dropout', {}, { outputs: ['y', 'mask'] }),
      reason: 'gives its mask to others',
    },
    'means of training': {
      about: on(9, 'BatchNormalization', {}, { outputs: ['y', 'm'] }),
      reason: 'gives means and variances of training',
    },
    'one mean for each pixel': { about: on(7, 'BatchNormalization', { spatial: 0n }), reason: 'spatial = 0' },
    'scales that are computed': {
      about: on(10, 'Resize', {}, { ...computed, also: ['s'] }),
      reason: 'scales that are computed',
    },
    'both larger and smaller': {
      about: on(10, 'Resize', {}, { also: ['s'], weights: [floats('s', [4], 1, 1, 2, 0.5)] }),
      reason: 'makes one dimension larger and another one smaller',
    },
    'a mode that is gone': {
      about: on(
        11,
        'Resize',
        { coordinate_transformation_mode: text('tf_half_pixel_for_nn') },
        { also: ['', 's'], weights: [floats('s', [4], 1, 1, 2, 2)] },
      ),
      reason: 'tf_half_pixel_for_nn',
    },
    'padding at the other end': { about: on(9, 'ConvTranspose', { auto_pad: text('SAME_UPPER') }), reason: 'auto_pad' },
    'integers that are clipped': {
      about: on(10, 'Clip', {}, { inputs: { x: ['int32', [2]] } }),
      reason: 'clips int32',
    },
    'integers that are padded': {
      about: on(10, 'Pad', { pads: [1n, 1n], value: 2 }, { inputs: { x: ['int32', [2]] } }),
      reason: 'pads int32 with 2',
    },
    'a loop over a batch': { about: on(8, 'Scan', { body: bodyOf(nodeOf('Neg', ['i'], ['o'])) }), reason: 'is gone' },
  };
  test.each(Object.entries(refused))(
    '%s: the sentence names the node, and nothing is changed',
    (_name, { about, reason }) => {
      const model = single(about);
      expect(() => raiseOpset(model, NEWEST_OPSET)).toThrow(reason);
      expect(() => raiseOpset(model, NEWEST_OPSET)).toThrow(`its node “${about.node.name}” (${about.node.opType})`);
      expect(model).toEqual(single(about));
    },
  );

  test('an attribute that a function is given when it is called', () => {
    const node = nodeOf('ReduceSum', ['x'], ['y']);
    node.attributes.push({ ...createAttribute('axes', [1n]), ints: [], referenceName: 'axes' });
    expect(() => raiseOpset(modelOf(11, { outputs: ['y'], nodes: [node] }), 13)).toThrow(
      'from the call of the function',
    );
  });

  test('an opset from before 7', () => {
    expect(() => raiseOpset(modelOf(6, { outputs: [], nodes: [] }), 13)).toThrow('The model has opset 6');
  });
});
