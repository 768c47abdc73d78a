/** What is inferred of types and shapes, beside what ONNX Runtime makes. */
import { describe, expect, test } from 'vitest';
import { realModels } from '../../../tests/fakes/real-models.ts';
import { runModel } from '../../../tests/fakes/small-model.ts';
import { inferDtypes } from './infer-dtypes.ts';
import { inferShapes } from './infer-shapes.ts';
import { type GraphProto, valueInfoSchema } from './ir.ts';
import { loadModel } from './load-model.ts';
import { createMessage } from './message.ts';

describe('of every tensor of the main graph', () => {
  test.each(realModels)('of $name', async ({ path, shapes }) => {
    const { model } = await loadModel(path);
    const graph = model.graph as GraphProto;
    const dtypes = inferDtypes(graph);
    const inputs = new Map(
      graph.inputs.map(({ name, type }) => {
        const declared = type?.tensor?.shape?.dimensions.map(({ value }) => value ?? 2) ?? [];
        return [name, shapes[name] ?? declared];
      }),
    );
    const inferred = inferShapes(graph, { batchSize: null, inputs });
    const names = graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== '');
    graph.outputs = names.map((name) => createMessage(valueInfoSchema, { name }));
    const results = await runModel(model, { shapes });
    expect(names.map((name) => dtypes.get(name))).toEqual(results.map(({ type }) => type));
    const made = results.map(({ dims }) => [...dims]);
    const expected = names.map(
      (name, index) =>
        inferred.get(name)?.dims?.map((size, axis) => size ?? made[index]?.[axis] ?? null) ?? made[index],
    );
    expect(expected).toEqual(made);
  });
});
