/** Breaks model files in the ways in which files are broken, by accident or on purpose. The same seed gives the same file. */
import { createRandom } from '../../src/shared/statistics/random.ts';
import { encodeVarint, type Field, parseTree, serializeTree, type Tree, walkTrees } from './wire-tree.ts';

type Dice = {
  /** 0 … count − 1 */
  below: (count: number) => number;
  pick: <Item>(items: readonly Item[]) => Item;
};

const SMALL_NUMBERS = [0n, 1n, 2n, 7n, 8n, 26n, 27n, 127n, 128n, 255n, 65_536n, 1_000_003n];
const EDGES = [31n, 32n, 53n, 63n].flatMap((power) => [2n ** power - 1n, 2n ** power, -(2n ** power)]);
const NUMBERS = [...SMALL_NUMBERS, ...EDGES, -1n, -2n];

const NUMBER_TEXTS = ['', '0', '-1', '1', '7', '4096', '99999999', '9007199254740993', '1e3', '0x10', ' 5', 'NaN'];
const PLACES = [
  'weights.bin',
  'gone.bin',
  '..',
  '../weights.bin',
  './weights.bin',
  '/etc/passwd',
  'a\0b',
  'x'.repeat(5000),
];
const KEYS = ['location', 'offset', 'length', 'checksum', '__proto__', 'constructor', 'ai.onnx', 'com.microsoft'];
const OPERATORS =
  'If Loop Constant ConstantOfShape Reshape Tile Expand Concat Conv MatMul Gemm Identity Cast Slice Pad Resize'.split(
    ' ',
  );
const TEXTS = [...NUMBER_TEXTS, ...PLACES, ...KEYS, ...OPERATORS];

/** One to six breaks of a file. */
export function mutate(file: Buffer, seed: number): Buffer {
  const random = createRandom(seed);
  const dice: Dice = {
    below: (count) => Math.floor(random() * count),
    pick: (items) => items[Math.floor(random() * items.length)] as (typeof items)[number],
  };
  let bytes: Buffer = Buffer.from(file);
  const count = 1 + dice.below(6);
  for (let done = 0; done < count; done += 1) {
    const tree = dice.below(4) === 0 ? null : parseTree(bytes);
    bytes = tree ? breakTree(tree, dice) : breakBytes(bytes, dice);
  }
  return bytes;
}

function breakBytes(bytes: Buffer, dice: Dice): Buffer {
  const at = dice.below(bytes.length + 1);
  const size = 1 + dice.below(64);
  switch (dice.below(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + size), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), encodeVarint(dice.pick(NUMBERS)), bytes.subarray(at)]);
    case 4:
      if (at < bytes.length) bytes[at] = dice.below(256);
      return bytes;
    default:
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << dice.below(8));
      return bytes;
  }
}

function breakTree(tree: Tree, dice: Dice): Buffer {
  const trees = [...walkTrees(tree)].filter((fields) => fields.length > 0);
  if (trees.length === 0) return serializeTree(tree);
  const fields = dice.pick(trees);
  const at = dice.below(fields.length);
  const field = fields[at] as Field;
  switch (dice.below(11)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      fields.splice(at, 0, ...Array.from({ length: 1 + dice.below(3) }, () => field));
      break;
    case 2:
      // Another place of the same file: cycles, repeated names, values of the wrong type.
      field.value = valueLike(field, dice.pick(dice.pick(trees)));
      break;
    case 3:
      fields.push({ ...copyOf(dice.pick(dice.pick(trees))), number: field.number });
      break;
    case 4:
      field.number = 1 + dice.below(30);
      break;
    case 5:
      field.wireType = dice.pick([0, 1, 2, 3, 5, 6]);
      field.value = field.wireType === 0 ? dice.pick(NUMBERS) : Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]);
      break;
    case 6:
      return withLie(tree, field, dice);
    case 7:
      nest(field, dice);
      break;
    case 8: {
      const [first] = dice.pick(trees);
      if (first && fields.length > 1) fields.reverse();
      break;
    }
    default:
      field.value = changed(field, dice);
  }
  return serializeTree(tree);
}

function valueLike(field: Field, other: Field): Field['value'] {
  return (field.wireType === 0) === (typeof other.value === 'bigint') ? copyOf(other).value : field.value;
}

/** As bytes: a field that holds itself has none. */
function copyOf(field: Field): Field {
  return Array.isArray(field.value) ? { ...field, value: serializeTree(field.value) } : field;
}

function changed({ wireType, value }: Field, dice: Dice): Field['value'] {
  if (wireType === 0) return dice.pick(NUMBERS);
  if (wireType !== 2) return Buffer.alloc(wireType === 1 ? 8 : 4, dice.pick([0, 1, 0x7f, 0x80, 0xff]));
  if (Array.isArray(value) || dice.below(2) === 0) return Buffer.from(dice.pick(TEXTS));
  const bytes = value as Buffer;
  // Packed numbers, or elements: shorter, or other ones.
  return dice.below(2) === 0
    ? bytes.subarray(0, dice.below(bytes.length + 1))
    : Buffer.alloc(Math.min(bytes.length, 4096), dice.below(256));
}

/** A length that is not the field's. */
function withLie(tree: Tree, field: Field, dice: Dice): Buffer {
  const mark = Buffer.from('a value that stands nowhere else');
  const bytes = Array.isArray(field.value) ? serializeTree(field.value) : field.value;
  if (typeof bytes === 'bigint') return serializeTree(tree);
  field.wireType = 2;
  field.value = mark;
  const whole = serializeTree(tree);
  const at = whole.indexOf(mark);
  if (at < 1) return whole;
  const length = dice.below(2) === 0 ? dice.pick(NUMBERS) : BigInt(bytes.length + dice.below(9) - 4);
  return Buffer.concat([whole.subarray(0, at - 1), encodeVarint(length), bytes, whole.subarray(at + mark.length)]);
}

/** The field inside many of its own kind: graphs in nodes in graphs, types in sequences. */
function nest(field: Field, dice: Dice): void {
  if (!Array.isArray(field.value)) return;
  const depth = dice.pick([2, 20, 120, 3000]);
  const numbers = dice.pick([[1, 5, 6], [4, 1], [5, 2], [9, 1], [field.number]]);
  let bytes = serializeTree(field.value);
  for (let level = 0; level < depth && bytes.length < 200_000; level += 1) {
    const number = numbers[level % numbers.length] as number;
    bytes = Buffer.concat([encodeVarint(BigInt(number * 8 + 2)), encodeVarint(BigInt(bytes.length)), bytes]);
  }
  field.value = bytes;
}
