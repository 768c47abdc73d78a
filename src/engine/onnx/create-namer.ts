import type { ModelProto } from './ir.ts';
import { walkGraphs } from './walk-model.ts';

/** Gives names that nothing in the model has, in any graph: neither a tensor nor a node. */
export function createNamer(model: ModelProto): (wish: string) => string {
  const taken = new Set<string>();
  for (const graph of walkGraphs(model)) {
    for (const { name } of [...graph.inputs, ...graph.initializers, ...graph.outputs, ...graph.valueInfos]) {
      taken.add(name);
    }
    for (const { values } of graph.sparseInitializers) if (values) taken.add(values.name);
    addNodes(graph.nodes);
  }
  for (const { inputs, nodes } of model.functions) {
    for (const name of inputs) taken.add(name);
    addNodes(nodes);
  }
  return (wish) => {
    let name = wish;
    for (let number = 2; taken.has(name); number += 1) name = `${wish}_${number}`;
    taken.add(name);
    return name;
  };

  function addNodes(nodes: ModelProto['functions'][number]['nodes']): void {
    for (const node of nodes) for (const name of [node.name, ...node.inputs, ...node.outputs]) taken.add(name);
  }
}
