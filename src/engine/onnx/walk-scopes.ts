import type { GraphIndex } from './graph-index.ts';
import type { GraphProto } from './ir.ts';
import { subgraphsOf } from './walk-model.ts';

/**
 * Visits a graph and then the graphs inside of it, each with the index of the one around it, so that constants from there are seen.
 * @param visit gives an index that is right once it has changed the graph; a graph editor is one
 */
export function walkScopes(
  graph: GraphProto,
  visit: (graph: GraphProto, outer: GraphIndex | undefined) => GraphIndex,
  outer?: GraphIndex,
): void {
  const index = visit(graph, outer);
  for (const node of graph.nodes) for (const inner of subgraphsOf(node)) walkScopes(inner, visit, index);
}
