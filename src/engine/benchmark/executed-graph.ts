/** What the graph that ONNX Runtime runs tells of each profiled node: the profile itself knows names only. */
import type { OperatorProfile } from '#shared/operator-profile.ts';
import type { GraphProto, ModelProto, NodeProto } from '../onnx/ir.ts';
import { contentByteLength } from '../onnx/tensor-contents.ts';
import { walkGraphs } from '../onnx/walk-model.ts';
import { standsFor } from './stands-for.ts';

type ProfiledNode = OperatorProfile['nodes'][number];
type Facts = Pick<ProfiledNode, 'inputs' | 'outputs' | 'weightBytes' | 'standsFor'>;

/**
 * Adds to every profiled node that the graph names its edges, the size of its weights, and what it stands for. Nodes of one name and type are taken in their order.
 * @param executed as ONNX Runtime wrote it in the session that was profiled; of unnamed nodes the profile has names that the file lacks
 * @param source the model's file
 */
export function withGraph(
  profile: OperatorProfile,
  { executed, source }: { executed: ModelProto; source: ModelProto },
): OperatorProfile {
  const meaning = standsFor(executed, source);
  const facts = new Map<string, Facts[]>();
  for (const part of walkGraphs(executed)) {
    const bytesByWeight = weightsOf(part);
    for (const node of part.nodes) {
      const key = `${node.opType} ${node.name}`;
      const found = { ...edgesOf(node, bytesByWeight), standsFor: meaning.get(node) ?? [] };
      facts.set(key, [...(facts.get(key) ?? []), found]);
    }
  }
  return {
    ...profile,
    nodes: profile.nodes.map((node) => ({ ...node, ...facts.get(`${node.operator} ${node.name}`)?.shift() })),
  };
}

function weightsOf({ initializers }: GraphProto): Map<string, number> {
  return new Map(initializers.map((tensor) => [tensor.name, contentByteLength(tensor)]));
}

function edgesOf({ inputs, outputs }: NodeProto, bytesByWeight: ReadonlyMap<string, number>): Omit<Facts, 'standsFor'> {
  const named = inputs.filter((name) => name !== '');
  const weights = [...new Set(named.filter((name) => bytesByWeight.has(name)))];
  return {
    inputs: named.filter((name) => !bytesByWeight.has(name)),
    outputs: outputs.filter((name) => name !== ''),
    weightBytes: weights.reduce((sum, name) => sum + (bytesByWeight.get(name) ?? 0), 0),
  };
}
