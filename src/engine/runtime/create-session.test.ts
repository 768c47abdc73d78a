import { expect, test } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import { modelOf, nodeOf } from '../../../tests/fakes/small-model.ts';
import { modelSchema } from '../onnx/ir.ts';
import { encodeMessage } from '../onnx/message.ts';
import { ropeParts } from '../onnx/wire.ts';
import { createSession } from './create-session.ts';

test.each([
  ['int4', 22n],
  ['uint4', 21n],
])('a model whose output is %s is refused before a run of it ends the process', async (type, code) => {
  const model = modelOf(
    21,
    { inputs: { x: ['float32', [1, 4]] }, outputs: ['y'], nodes: [nodeOf('Cast', ['x'], ['y'], { to: code })] },
    { irVersion: 10 },
  );
  const bytes = Buffer.concat(
    ropeParts(encodeMessage(modelSchema, model)).map((part) => (part instanceof Uint8Array ? part : part.read())),
  );
  await expect(
    createSession(bytes, { provider: 'node:cpu', settings: caseSettingsSchema.parse({}) }),
  ).rejects.toMatchObject({
    kind: 'unsupported',
    message: `The output “y” has the element type ${type}, which onnxruntime-node cannot hand over. Cast it to float32 inside the model.`,
  });
});
