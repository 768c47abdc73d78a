/** Edits of small graphs by hand, and laws that hold for any edit of any graph. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNamer } from './create-namer.ts';
import { editGraph, type GraphEditor } from './graph-editor.ts';
import { indexGraph } from './graph-index.ts';
import {
  ATTRIBUTE_TYPES,
  attributeSchema,
  createNode,
  type GraphProto,
  graphSchema,
  modelSchema,
  type NodeProto,
  valueInfoSchema,
} from './ir.ts';
import { createMessage } from './message.ts';
import { sortNodes } from './sort-nodes.ts';
import { floatsOf, tensorFrom } from './tensor-contents.ts';

const node = (opType: string, inputs: string[], outputs: string[], attributes: NodeProto['attributes'] = []) =>
  createNode({ opType, name: `${opType}_${outputs[0]}`, inputs, outputs, attributes });
const value = (name: string) => createMessage(valueInfoSchema, { name });
const scalar = (name: string, number: number) => tensorFrom(name, 'float32', [], Float32Array.of(number));
const graphOf = (part: Partial<GraphProto>): GraphProto =>
  createMessage(graphSchema, { inputs: [value('x')], outputs: [value('y')], ...part });
const body = (name: string, graph: GraphProto) =>
  createMessage(attributeSchema, { name, type: ATTRIBUTE_TYPES.graph, graph });
const edit = (graph: GraphProto): GraphEditor => editGraph(graph, createNamer(createMessage(modelSchema, { graph })));
const show = (graph: GraphProto): string[] =>
  graph.nodes.map(({ opType, inputs, outputs }) => `${outputs.join(',')} = ${opType}(${inputs.join(',')})`);

describe('by hand', () => {
  test('a node goes between a tensor and one of its readers', () => {
    const graph = graphOf({
      nodes: [node('Neg', ['x'], ['a']), node('Add', ['a', 'a'], ['b']), node('Mul', ['a', 'b'], ['y'])],
    });
    const editor = edit(graph);
    const [add] = editor.consumersOf('a') as [NodeProto];
    const name = editor.uniqueName('a');
    editor.insertAfterTensor('a', node('Abs', ['a'], [name]));
    editor.redirect('a', name, [add]);
    expect(show(graph)).toEqual(['a = Neg(x)', 'a_2 = Abs(a)', 'b = Add(a_2,a_2)', 'y = Mul(a,b)']);
    expect(editor.consumersOf('a').map(({ opType }) => opType)).toEqual(['Mul', 'Abs']);
    expect(editor.consumersOf('a_2')).toEqual([add]);
  });

  test('what is taken out is stepped over, and outputs keep their names', () => {
    const graph = graphOf({
      nodes: [
        node('Neg', ['x'], ['a']),
        node('Identity', ['a'], ['b']),
        node('Abs', ['b'], ['c']),
        node('Identity', ['c'], ['y']),
      ],
    });
    const editor = edit(graph);
    for (const found of graph.nodes) if (found.opType === 'Identity') editor.bypass(found);
    expect(show(graph)).toEqual(['a = Neg(x)', 'y = Abs(a)']);
  });

  test('an output that is an input by another name keeps an Identity', () => {
    const graph = graphOf({ nodes: [node('Dropout', ['x'], ['y'])] });
    const editor = edit(graph);
    editor.bypass(graph.nodes[0] as NodeProto);
    expect(show(graph)).toEqual(['y = Identity(x)']);
  });

  test('a renamed output leaves its name to another node', () => {
    const graph = graphOf({
      nodes: [node('Neg', ['x'], ['y']), node('Abs', ['y'], ['z'])],
      outputs: [value('y'), value('z')],
    });
    const editor = edit(graph);
    editor.rename('y', 'inner');
    editor.append(node('Cast', ['inner'], ['y']));
    expect(show(graph)).toEqual(['inner = Neg(x)', 'z = Abs(inner)', 'y = Cast(inner)']);
    expect(editor.producerOf('y')?.opType).toBe('Cast');
    expect(graph.outputs.map(({ name }) => name)).toEqual(['y', 'z']);
  });

  const branch = (part: Partial<GraphProto>) => graphOf({ inputs: [], outputs: [value('out')], ...part });

  test('subgraphs follow, except where they have a tensor of the same name', () => {
    const captures = branch({ nodes: [node('Neg', ['a'], ['out'])] });
    const shadows = branch({ nodes: [node('Neg', ['x'], ['a']), node('Abs', ['a'], ['out'])] });
    const graph = graphOf({
      nodes: [
        node('Abs', ['x'], ['a']),
        node('If', ['x'], ['y'], [body('then_branch', captures), body('else_branch', shadows)]),
      ],
    });
    const editor = edit(graph);
    editor.rename('a', 'b');
    expect(show(captures)).toEqual(['out = Neg(b)']);
    expect(show(shadows)).toEqual(['a = Neg(x)', 'out = Abs(a)']);
    expect(editor.consumersOf('b').map(({ opType }) => opType)).toEqual(['If']);
    expect(editor.consumersOf('a')).toEqual([]);
  });

  test('a tensor of a subgraph makes way for the name that is captured now', () => {
    const inner = branch({ nodes: [node('Neg', ['a'], ['b']), node('Add', ['a', 'b'], ['out'])] });
    const graph = graphOf({
      nodes: [
        node('Abs', ['x'], ['b']),
        node('Identity', ['b'], ['a']),
        node('If', ['x'], ['y'], [body('then_branch', inner)]),
      ],
    });
    const editor = edit(graph);
    editor.bypass(graph.nodes[1] as NodeProto);
    expect(show(inner)).toEqual(['b_2 = Neg(b)', 'out = Add(b,b_2)']);
  });

  test('dead code goes, but not what a subgraph reads', () => {
    const inner = branch({ nodes: [node('Neg', ['w'], ['out']), node('Neg', ['v'], ['dead'])] });
    const graph = graphOf({
      initializers: [scalar('w', 1), scalar('v', 2), scalar('u', 3)],
      nodes: [
        node('Abs', ['x'], ['a']),
        node('Add', ['a', 'u'], ['b']),
        node('If', ['x'], ['y'], [body('then_branch', inner)]),
      ],
    });
    const editor = edit(graph);
    editor.removeUnused();
    expect(show(graph)).toEqual(['y = If(x)']);
    expect(show(inner)).toEqual(['out = Neg(w)']);
    expect(graph.initializers.map(({ name }) => name)).toEqual(['w']);
    expect(editor.consumersOf('v')).toEqual([]);
    expect(editor.constantOf('u')).toBeUndefined();
  });

  test('a ring is refused with the name of a node in it', () => {
    const graph = graphOf({ nodes: [node('Neg', ['b'], ['a']), node('Abs', ['a'], ['b'])] });
    expect(() => sortNodes(graph)).toThrow('needs its own result');
    expect(
      edit(graphOf({ nodes: [node('Identity', ['b'], ['a']), node('Identity', ['a'], ['b'])] })).constantOf('a'),
    ).toBeUndefined();
  });
});

/** Nodes that read any of what is there before them: `x`, a weight `w`, and results of nodes. Some are Identities. */
const graphs = fc
  .array(fc.tuple(fc.constantFrom('Add', 'Mul', 'Identity', 'If'), fc.nat(), fc.nat()), { minLength: 1, maxLength: 12 })
  .map((choices) => {
    const names = ['x', 'w'];
    const nodes = choices.map(([opType, first, second], number) => {
      const [a, b] = [names[first % names.length] as string, names[second % names.length] as string];
      const name = `t${number}`;
      names.push(name);
      if (opType === 'Identity') return node('Identity', [a], [name]);
      if (opType !== 'If') return node(opType, [a, b], [name]);
      // A branch with a tensor whose name the graph around it may have too.
      const own = names[(first + second) % names.length] as string;
      const isFree = own !== a && own !== b;
      const inner = graphOf({
        inputs: [],
        outputs: [value(isFree ? own : `${name}_inner`)],
        nodes: [node('Add', [a, b], [isFree ? own : `${name}_inner`])],
      });
      return node('If', ['x'], [name], [body('then_branch', inner)]);
    });
    return graphOf({ nodes, initializers: [scalar('w', 3)], outputs: [value(names.at(-1) as string)] });
  });

/** What the only output is for x = 2. Names resolve from the inside out, as in ONNX. */
function compute(graph: GraphProto, outer: ReadonlyMap<string, number> = new Map([['x', 2]])): number {
  const values = new Map(outer);
  for (const tensor of graph.initializers) values.set(tensor.name, floatsOf(tensor)[0] as number);
  const read = (name: string): number => {
    const found = values.get(name);
    if (found === undefined) throw new Error(`${name} is read before it is made.`);
    return found;
  };
  for (const { opType, inputs, outputs, attributes } of graph.nodes) {
    const [a = Number.NaN, b = Number.NaN] = inputs.map(read);
    const inner = attributes[0]?.graph;
    const result = inner ? compute(inner, values) : opType === 'Add' ? a + b : opType === 'Mul' ? a * b : a;
    // Small whole numbers, so that sums are exact.
    values.set(outputs[0] as string, result % 1009);
  }
  return read(graph.outputs[0]?.name as string);
}

function expectRightIndex(editor: GraphEditor): void {
  const fresh = indexGraph(editor.graph);
  const names = editor.graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
  for (const name of names) {
    expect(editor.producerOf(name)).toBe(fresh.producerOf(name));
    expect(new Set(editor.consumersOf(name))).toEqual(new Set(fresh.consumersOf(name)));
    expect(editor.constantOf(name)).toBe(fresh.constantOf(name));
  }
  const made = names.filter((name) => editor.producerOf(name));
  expect(new Set(editor.graph.nodes.flatMap(({ outputs }) => outputs)).size).toBe(editor.graph.nodes.length);
  expect(made.length).toBeGreaterThan(0);
}

describe('any graph', () => {
  const edits: Record<string, (editor: GraphEditor, at: number) => void> = {
    'stepping over an Identity': (editor, at) => {
      const found = editor.graph.nodes.filter(({ opType }) => opType === 'Identity');
      if (found.length > 0) editor.bypass(found[at % found.length] as NodeProto);
    },
    'a new name': (editor, at) => {
      const inner = editor.graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => !editor.isOutput(name));
      if (inner.length > 0) editor.rename(inner[at % inner.length] as string, editor.uniqueName('renamed'));
    },
    'a node on an edge': (editor, at) => {
      const reader = editor.graph.nodes[at % editor.graph.nodes.length] as NodeProto;
      const [from = ''] = reader.inputs;
      const name = editor.uniqueName(`${from}_copy`);
      editor.insertBefore(reader, node('Identity', [from], [name]));
      editor.redirect(from, name, [reader]);
    },
    'two nodes for one': (editor, at) => {
      const found = editor.graph.nodes.filter(({ opType }) => opType === 'Add');
      const old = found[at % found.length];
      if (!old) return;
      const name = editor.uniqueName('sum');
      editor.replace(old, node('Add', old.inputs, [name]), node('Identity', [name], old.outputs));
    },
    'dead code removal': (editor) => editor.removeUnused(),
    'one more weight': (editor, at) => {
      const reader = editor.graph.nodes[at % editor.graph.nodes.length] as NodeProto;
      editor.redirect('w', editor.addWeight('w', 'float32', [], Float32Array.of(3)), [reader]);
    },
  };

  test('computes the same after any edits, and the index is that of the new graph', () => {
    fc.assert(
      fc.property(
        graphs,
        fc.array(fc.tuple(fc.constantFrom(...Object.keys(edits)), fc.nat()), { maxLength: 8 }),
        (graph, chosen) => {
          const before = compute(graph);
          const editor = edit(graph);
          for (const [name, at] of chosen) {
            edits[name]?.(editor, at);
            expectRightIndex(editor);
          }
          expect(compute(graph)).toBe(before);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is sorted from any order, and stays as it is once sorted', () => {
    fc.assert(
      fc.property(graphs, fc.infiniteStream(fc.nat()), (graph, random) => {
        const before = compute(graph);
        const sorted = graph.nodes;
        sortNodes(graph);
        expect(graph.nodes).toBe(sorted);
        graph.nodes = sorted
          .map((found) => ({ found, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ found }) => found);
        sortNodes(graph);
        expect(compute(graph)).toBe(before);
        expect(new Set(graph.nodes)).toEqual(new Set(sorted));
      }),
    );
  });
});
