import { expect, test } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import { modelOf, nodeOf } from '../../../tests/fakes/small-model.ts';
import { type ModelProto, modelSchema } from '../onnx/ir.ts';
import { encodeMessage } from '../onnx/message.ts';
import { ropeParts } from '../onnx/wire.ts';
import { createSession } from './create-session.ts';

const bytesOf = (model: ModelProto): Buffer =>
  Buffer.concat(
    ropeParts(encodeMessage(modelSchema, model)).map((part) => (part instanceof Uint8Array ? part : part.read())),
  );

test('a model with an output that would be lost is refused, and one with such an input is not', async () => {
  const settings = caseSettingsSchema.parse({});
  const open = (input: string, output: string) => {
    const nodes = [nodeOf('Relu', [input], [output])];
    const model = modelOf(17, { inputs: { [input]: ['float32', [4]] }, outputs: [output], nodes });
    return createSession(bytesOf(model), { provider: 'node:cpu', settings });
  };
  await expect(open('x', '__proto__')).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringContaining('output called “__proto__”') as string,
  });
  await (await open('__proto__', 'y')).session.release();
});

test.each([
  ['int4', 22n],
  ['uint4', 21n],
])('a model whose output is %s is refused before a run of it ends the process', async (type, code) => {
  const model = modelOf(
    21,
    { inputs: { x: ['float32', [1, 4]] }, outputs: ['y'], nodes: [nodeOf('Cast', ['x'], ['y'], { to: code })] },
    { irVersion: 10 },
  );
  await expect(
    createSession(bytesOf(model), { provider: 'node:cpu', settings: caseSettingsSchema.parse({}) }),
  ).rejects.toMatchObject({
    kind: 'unsupported',
    message: `The output “y” has the element type ${type}, which onnxruntime-node cannot hand over. Cast it to float32 inside the model.`,
  });
});
