import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import { npyFile, npzFile } from '../../../tests/fakes/numpy-files.ts';
import { modelOf, nodeOf, randomWeight } from '../../../tests/fakes/small-model.ts';
import { functionSchema, type ModelProto } from '../onnx/ir.ts';
import { loadModel } from '../onnx/load-model.ts';
import { createMessage } from '../onnx/message.ts';
import { tensorFrom } from '../onnx/tensor-contents.ts';
import { writeModel } from '../onnx/write-model.ts';
import { compressModel } from './compress-model.ts';
import { NO_ORIGIN } from '../../../tests/fakes/no-origin.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-compress-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function compress(model: ModelProto, ...passes: string[]) {
  return compressOn({ kind: 'generated', seed: 1 }, model, ...passes);
}

async function compressOn(inputs: InputSource, model: ModelProto, ...passes: string[]) {
  const path = join(folder, 'model.onnx');
  await writeModel(model, path);
  return compressFile(path, inputs, passes);
}

function compressFile(
  path: string,
  inputs: InputSource,
  passes: readonly string[],
  onProgress: (progress: EngineProgress) => void = () => {},
) {
  return compressModel(
    {
      path,
      outputPath: join(folder, 'small.onnx'),
      recipe: { version: 1, name: 'small', passes: passes.map((pass) => ({ pass, settings: {} })) },
      ...NO_ORIGIN,
      inputs,
    },
    onProgress,
  );
}

test('a pass that finds nothing says so too where constants could not be folded', async () => {
  const rowsBeyond = modelOf(17, {
    inputs: { x: ['float32', [2, 64]] },
    outputs: ['y'],
    nodes: [nodeOf('Gather', ['w', 'rows'], ['v']), nodeOf('MatMul', ['x', 'v'], ['y'])],
    weights: [
      randomWeight('w', [64, 64], 1),
      tensorFrom(
        'rows',
        'int64',
        [64],
        BigInt64Array.from({ length: 64 }, (_, row) => BigInt(row + 1)),
      ),
    ],
  });
  await expect(compress(rowsBeyond, 'quantize-dynamic')).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringMatching(
      /^There is nothing to quantize.*the weight is not constant\. Constants were not folded\. .*out of/,
    ) as string,
  });
});

test('functions become what is inside of them, and what is not clear in them is named, in a refusal too', async () => {
  const opsetImports = [
    { domain: '', version: 17 },
    { domain: 'own', version: 1 },
  ];
  const build = (functionOpset: number, last: string): ModelProto =>
    modelOf(
      17,
      {
        inputs: { x: ['float32', [2, 64]] },
        outputs: ['y'],
        nodes: [
          nodeOf('Dense', ['x', 'w'], ['h'], {}, { domain: 'own' }),
          nodeOf(last, ['h', ...(last === 'MatMul' ? ['v'] : [])], ['y']),
        ],
        weights: [randomWeight('w', [64, 64], 1), randomWeight('v', [64, 64], 2)],
      },
      {
        opsetImports,
        functions: [
          createMessage(functionSchema, {
            name: 'Dense',
            domain: 'own',
            inputs: ['a', 'b'],
            outputs: ['c'],
            nodes: [nodeOf('MatMul', ['a', 'b'], ['m']), nodeOf('Softmax', ['m'], ['c'])],
            opsetImports: [{ domain: '', version: functionOpset }],
          }),
        ],
      },
    );
  const aboutFunctions = ({ findings }: { findings: { kind: string }[] }) =>
    findings.filter(({ kind }) => kind.startsWith('functions-'));
  const seen = await compress(build(17, 'MatMul'), 'raise-opset', 'quantize-dynamic');
  expect(seen.steps[1]?.summary).toContain('2 operators quantized');
  expect(seen.steps.map(aboutFunctions)).toMatchObject([[], [{ kind: 'functions-inlined', subjects: ['Dense'] }]]);

  // Softmax became another operator in opset 13.
  const sentence = /2 operators stayed as they were, .* because its Softmax is of opset 12 .* the model of 17/;
  const half = await compress(build(12, 'MatMul'), 'quantize-dynamic');
  expect(half.steps.map(aboutFunctions)).toMatchObject([
    [{ kind: 'functions-kept', message: expect.stringMatching(sentence) as string, subjects: ['Dense'] }],
  ]);
  await expect(compress(build(12, 'Neg'), 'quantize-dynamic')).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringMatching(sentence) as string,
  });
});

const savedArray = (name: string, shape: [number, number]): Buffer =>
  npzFile({ [`${name}.npy`]: npyFile({ shape }, new Float32Array(shape[0] * shape[1])) });

test.each([
  ['no items', () => savedArray('x', [0, 64]), 'x.npz has no items'],
  ['no array for the input', () => savedArray('other', [2, 64]), 'has no array for the input “x”; it has “other”'],
  ['rows of another size', () => savedArray('x', [2, 63]), 'is [1, 63] in x.npz, and [1, 64] was expected'],
])('a file of inputs with %s is refused, by recipes too that need none', async (_what, bytes, sentence) => {
  const path = join(folder, 'x.npz');
  writeFileSync(path, bytes());
  const model = modelOf(17, {
    inputs: { x: ['float32', ['batch', 64]] },
    outputs: ['y'],
    nodes: [nodeOf('MatMul', ['x', 'w'], ['y'])],
    weights: [randomWeight('w', [64, 64], 1)],
  });
  const inputs = { kind: 'arrays', path, fileName: 'x.npz', labels: null, limit: 256 } as const;
  for (const pass of ['float16', 'bfloat16', 'quantize-static']) {
    await expect(compressOn(inputs, model, pass)).rejects.toMatchObject({
      kind: 'invalid-input',
      message: expect.stringContaining(sentence) as string,
    });
  }
});

test('items of a dataset that the model does not take are refused before anything is done with them, by all recipes', async () => {
  const inputsPath = join(folder, 'squares-ubyte');
  // Two items of 4 × 4 bytes, as MNIST has them.
  writeFileSync(
    inputsPath,
    Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4]), Buffer.alloc(32)]),
  );
  const preparation = { scale: 255, mean: 0, standardDeviation: 1 };
  const dataset = { id: 'squares', format: 'idx', inputsPath, labelsPath: null, preparation } as const;
  const path = join(folder, 'rows.onnx');
  await writeModel(
    modelOf(17, {
      inputs: { x: ['float32', ['batch', 64]] },
      outputs: ['y'],
      nodes: [nodeOf('MatMul', ['x', 'w'], ['y'])],
      weights: [randomWeight('w', [64, 64], 1)],
    }),
    path,
  );
  for (const pass of ['quantize-weights', 'quantize-static', 'float16', 'bfloat16']) {
    const seen: string[] = [];
    const source: InputSource = { kind: 'dataset', limit: 256, dataset: { ...dataset, classNames: [] } };
    await expect(compressFile(path, source, [pass], ({ message }) => void seen.push(message))).rejects.toMatchObject({
      kind: 'unsupported',
      message: 'An item of squares has the shape [1, 4, 4], but the input “x” takes [batch, 64].',
    });
    expect(seen).toEqual(['Reading the model']);
  }
});

test.each([
  ['fashion-resnet', ['quantize-static']],
  ['fashion-mobilenet', ['fold-batch-norm', 'float16']],
])('%s with its weights in a file beside it becomes the same by %s as in one file', async (name, passes) => {
  const whole = join(import.meta.dirname, '../../../resources/samples', `${name}.onnx`);
  const beside = join(folder, `${name}.onnx`);
  const { externalDataFiles } = await writeModel((await loadModel(whole)).model, beside, { largestSingleFileBytes: 0 });
  expect(externalDataFiles).toEqual([`${name}.onnx.data`]);
  const results = [];
  for (const path of [whole, beside]) {
    const { inspection, steps, checks, fidelity } = await compressFile(path, { kind: 'generated', seed: 1 }, passes);
    const told = steps.map(({ summary, findings }) => ({ summary, findings }));
    results.push({ sha256: inspection.sha256, told, checks, fidelity });
  }
  expect(results[1]).toEqual(results[0]);
});
