/** Batch normalizations, and other constants that values are multiplied by and shifted by, become a part of the convolutions beside them. */
import { z } from 'zod';
import { countText } from '#shared/text/number-text.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph } from '../../onnx/graph-editor.ts';
import type { ModelProto, NodeProto } from '../../onnx/ir.ts';
import { removeUnused } from '../../onnx/remove-unused.ts';
import { walkScopes } from '../../onnx/walk-scopes.ts';
import { nodeLabel } from '../node-label.ts';
import { definePass } from '../pass.ts';
import { foldIntoConvolutions } from '../simplify/fold-into-convolutions.ts';
import { foldIntoReaders } from '../simplify/fold-into-readers.ts';

export const foldBatchNorm = definePass({
  name: 'fold-batch-norm',
  title: 'Fold batch normalization',
  summary:
    'Multiplies batch normalizations, constant factors and shifts into the convolutions beside them; the model computes the same with fewer nodes.',
  goodFor: 'Convolutional networks exported with their batch normalizations or scales, before they are quantized.',
  needsCalibration: false,
  settings: z.strictObject({}),
  apply(model) {
    const folded = foldAll(model);
    if (folded.length === 0) {
      return { summary: 'No batch normalization, factor or shift stands beside a convolution.', findings: [] };
    }
    return {
      summary: `${countText(folded.length, 'normalization, factor or shift', 'normalizations, factors and shifts')} folded into the convolutions beside them.`,
      findings: [],
    };
  },
});

/**
 * @param isExcluded nodes that are not folded
 * @returns the names of the nodes that are gone
 */
export function foldAll(model: ModelProto, isExcluded: (node: NodeProto) => boolean = () => false): string[] {
  const uniqueName = createNamer(model);
  const gone: string[] = [];
  if (!model.graph) return gone;
  walkScopes(model.graph, (graph, outer) => {
    const editor = editGraph(graph, uniqueName, outer);
    const stays = new Set(graph.nodes.filter(isExcluded));
    for (const node of [...foldIntoConvolutions(editor, stays), ...foldIntoReaders(editor, stays)]) {
      gone.push(nodeLabel(node));
    }
    return editor;
  });
  // Also weights that only subgraphs read.
  if (gone.length > 0) removeUnused(model.graph);
  return gone;
}
