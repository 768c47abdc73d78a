/** What the functions of a model hold, and which of them can be written in the place of their calls. */
import { AppError } from '#shared/app-error.ts';
import type { ElementType } from '../element-types.ts';
import { inferDtypes } from '../infer-dtypes.ts';
import { isStandard } from '../infer-shapes.ts';
import { type FunctionProto, graphSchema, type ModelProto, type NodeProto, type OpsetImport } from '../ir.ts';
import { createMessage } from '../message.ts';
import { meansTheSame } from '../raise-opset/means-the-same.ts';
import { walkGraph } from '../walk-model.ts';
import { functionKey } from './function-key.ts';

export type PlannedFunction = {
  body: FunctionProto;
  /** Why its calls have to stay; null where they need not. */
  obstacle: string | null;
  /** Whether it, or a function that it calls, makes floating-point numbers or multiplies matrices, whatever it is given. */
  holdsFloats: boolean;
  /** Nodes that a call unfolds to, with those of the functions that it calls. */
  nodeCount: number;
};

/** As deep as messages may nest in a file. */
const MOST_LEVELS = 100;
const FLOATS: ReadonlySet<ElementType | undefined> = new Set<ElementType>([
  'float32',
  'float16',
  'bfloat16',
  'float64',
]);
/** Operators with weights, of which passes can make something, even where nothing is known of the types. */
const PRODUCTS = new Set(['Conv', 'ConvTranspose', 'Gemm', 'GRU', 'LSTM', 'MatMul', 'RNN']);
/** ONNX Runtime prefers operators of its own to functions of the same name; the domains in which it has some. */
const RUNTIME_DOMAINS = /^(?:$|ai\.onnx$|ai\.onnx\.|com\.microsoft$|com\.microsoft\.|com\.ms\.|org\.pytorch\.)/;

export const isFloat = (type: ElementType | undefined): boolean => FLOATS.has(type);

/**
 * @returns finds the function that a node calls
 * Errors: `invalid-model` for functions that call themselves, or nest too deep.
 */
export function planFunctions(model: ModelProto): (node: NodeProto) => PlannedFunction | undefined {
  const bodies = new Map(model.functions.map((body) => [functionKey(body), body]));
  const plans = new Map<FunctionProto, PlannedFunction>();
  const bodyOf = ({ domain, opType, overload }: NodeProto): FunctionProto | undefined =>
    bodies.get(functionKey({ domain, name: opType, overload }));

  const plan = (body: FunctionProto, callers: readonly FunctionProto[]): PlannedFunction => {
    const known = plans.get(body);
    if (known) return known;
    if (callers.includes(body)) {
      throw new AppError('invalid-model', `The model is damaged: its function “${body.name}” calls itself.`);
    }
    if (callers.length >= MOST_LEVELS) {
      throw new AppError('invalid-model', `The model nests functions more than ${MOST_LEVELS} levels deep.`);
    }
    const nodes = nodesOf(body);
    const called = nodes.flatMap((node) => {
      const inner = bodyOf(node);
      return inner ? [plan(inner, [...callers, body])] : [];
    });
    const own = nodes.filter((node) => !bodyOf(node));
    const planned = {
      body,
      obstacle: obstacleOf(body, own, model.opsetImports),
      holdsFloats: makesFloats(body, own) || called.some(({ holdsFloats }) => holdsFloats),
      nodeCount: called.reduce((sum, { nodeCount }) => sum + nodeCount, nodes.length),
    };
    plans.set(body, planned);
    return planned;
  };
  for (const body of model.functions) plan(body, []);
  return (node) => {
    const body = bodyOf(node);
    return body && plans.get(body);
  };
}

/** Those of graphs inside of it too. */
function nodesOf(body: FunctionProto): NodeProto[] {
  return [...walkGraph(createMessage(graphSchema, { nodes: body.nodes }))].flatMap(({ nodes }) => nodes);
}

function makesFloats(body: FunctionProto, own: readonly NodeProto[]): boolean {
  if (own.some((node) => isStandard(node) && PRODUCTS.has(node.opType))) return true;
  const whole = createMessage(graphSchema, { nodes: body.nodes });
  return [...walkGraph(whole)].some((graph) => [...inferDtypes(graph).values()].some(isFloat));
}

/**
 * A function has opsets of its own, which the graph that calls it need not have. ONNX Runtime takes its operators in those of the model all the
 * same: only where both mean the same is it clear what the model computes.
 */
function obstacleOf(body: FunctionProto, own: readonly NodeProto[], imports: readonly OpsetImport[]): string | null {
  if (RUNTIME_DOMAINS.test(body.domain)) {
    return 'ONNX Runtime may have an operator of the same name and domain, which it prefers';
  }
  for (const { opType, domain } of own) {
    const name = domain || 'ai.onnx';
    const [inside, around] = [versionOf(body.opsetImports, domain), versionOf(imports, domain)];
    if (inside === undefined) return `it does not say of which opset its ${opType} (${name}) is`;
    if (around === undefined || around === inside) continue;
    if (isStandard({ domain }) && meansTheSame(opType, inside, around)) continue;
    return `its ${opType} is of opset ${inside} of ${name}, the model of ${around}, and that need not mean the same`;
  }
  return null;
}

/** Undefined where there is no import of the domain. */
export function versionOf(imports: readonly OpsetImport[], domain: string): number | undefined {
  return imports.find((entry) => (isStandard(entry) ? isStandard({ domain }) : entry.domain === domain))?.version;
}
