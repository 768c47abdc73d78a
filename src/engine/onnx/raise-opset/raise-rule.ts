/** What a rule is that lets a node mean the same in the next opset. */
import type { GraphEditor } from '../graph-editor.ts';
import type { ElementType } from '../element-types.ts';
import type { NodeProto } from '../ir.ts';

export type RaiseContext = {
  editor: GraphEditor;
  /** As that of the editor, but equal ones that rules have added to the graph are one. */
  addWeight: GraphEditor['addWeight'];
  /** Refuses where it cannot be told. */
  dtypeOf: (name: string) => ElementType;
  /** Null where it cannot be told. */
  rankOf: (name: string) => number | null;
  /** Errors: `unsupported`, with the node, the operator and the opset. @param reason goes on after “its node … ” */
  refuse: (reason: string) => never;
};

/** Changes a node of the opset before so that it means the same in the opset that the rule stands for. */
export type RaiseRule = (node: NodeProto, context: RaiseContext) => void;
