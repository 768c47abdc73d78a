/**
 * A tensor may be called `__proto__`. The interface to ONNX Runtime puts tensors by their names into plain objects, where setting that
 * name sets something else: such an input or output is never given. All other names, `constructor` among them, are kept there.
 */
import { createNamer } from '../../onnx/create-namer.ts';
import {
  createNode,
  type GraphProto,
  graphSchema,
  type ModelProto,
  modelSchema,
  type ValueInfoProto,
} from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import type { Session } from '../../runtime/create-session.ts';

const LOST_NAME = '__proto__';

/**
 * @returns a model whose input and output of that name have another one, and what lets its session be used by the old one; null where the
 *   model has neither
 */
export function renameProto(model: ModelProto): { model: ModelProto; wrap: (session: Session) => Session } | null {
  const given = model.graph as GraphProto;
  const isLost = ({ name }: ValueInfoProto): boolean => name === LOST_NAME;
  const [isInput, isOutput] = [given.inputs.some(isLost), given.outputs.some(isLost)];
  if (!isInput && !isOutput) return null;
  const plainName = createNamer(model)('proto');
  const rename = (info: ValueInfoProto): ValueInfoProto => (isLost(info) ? { ...info, name: plainName } : info);
  const copy = (from: string, to: string) => createNode({ opType: 'Identity', inputs: [from], outputs: [to] });
  const graph = createMessage(graphSchema, {
    ...given,
    inputs: given.inputs.map(rename),
    outputs: given.outputs.map(rename),
    nodes: isInput ? [copy(plainName, LOST_NAME), ...given.nodes] : [...given.nodes, copy(LOST_NAME, plainName)],
  });
  return { model: createMessage(modelSchema, { ...model, graph }), wrap: (session) => wrapSession(session, plainName) };
}

/** Of what `run` takes, names to fetch or nothing. */
function wrapSession(session: Session, plainName: string): Session {
  const toPlain = (name: string): string => (name === LOST_NAME ? plainName : name);
  const toLost = (name: string): string => (name === plainName ? LOST_NAME : name);
  // An object that is made from entries holds any name.
  const renameKeys = <Value>(tensors: Record<string, Value>, rename: (name: string) => string): Record<string, Value> =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));
  const renameSlots = <Slot extends { name: string }>(slots: readonly Slot[]): Slot[] =>
    slots.map((slot) => ({ ...slot, name: toLost(slot.name) }));
  return {
    inputNames: session.inputNames.map(toLost),
    outputNames: session.outputNames.map(toLost),
    inputMetadata: renameSlots(session.inputMetadata),
    outputMetadata: renameSlots(session.outputMetadata),
    run: async (feeds, fetches) => {
      const given = renameKeys(feeds, toPlain);
      const results = await (Array.isArray(fetches) ? session.run(given, fetches.map(toPlain)) : session.run(given));
      return renameKeys(results, toLost);
    },
    release: () => session.release(),
    startProfiling: () => session.startProfiling(),
    endProfiling: () => session.endProfiling(),
  };
}
