/** Products of float64 matrices by ONNX Runtime, on all cores: about twenty times as fast as loops of JavaScript. */
import { caseSettingsSchema } from '#shared/case.ts';
import { createValueInfo } from '../../onnx/create-value-info.ts';
import { createAttribute, createNode, graphSchema, modelSchema } from '../../onnx/ir.ts';
import { createMessage, encodeMessage } from '../../onnx/message.ts';
import { ropeParts } from '../../onnx/wire.ts';
import { createSession, type Session } from '../../runtime/create-session.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import { releaseBuffers } from '../../runtime/release-buffers.ts';

/** Rows of a strip: enough for the kernels to be busy. */
const STRIP_ROWS = 128;

type Multiply = (
  left: Float64Array,
  right: Float64Array,
  result: Float64Array,
  dims: { rows: number; inner: number; columns: number },
) => Promise<void>;

export type MatrixProducts = {
  /** Writes `left · right` to `result`, all row-major: `[rows, inner]`, `[inner, columns]`, `[rows, columns]`. */
  multiply: Multiply;
  /** Writes `left · rightᵀ`: the right one is `[columns, inner]`. */
  multiplyTurned: Multiply;
  /**
   * The lower triangle of `rows · rowsᵀ`, some rows at a time, so that the whole never has to be there.
   * @param rows `[size, rank]`, row-major
   * @param visit of the rows from `first` on: `[count, first + count]`, valid during the call only; beyond the diagonal there are values too
   */
  forEachStrip: (
    rows: Float64Array,
    dims: { size: number; rank: number },
    visit: (strip: Float64Array, first: number, count: number) => void,
  ) => Promise<void>;
  close: () => Promise<void>;
};

/** Errors: those of loading ONNX Runtime. */
export async function openMatrixProducts(): Promise<MatrixProducts> {
  const ort = await loadOnnxRuntime();
  const sessions = [await openProduct(false), await openProduct(true)] as const;
  const multiplyBy =
    (session: Session, isTurned: boolean): Multiply =>
    async (left, right, result, { rows, inner, columns }) => {
      const feeds = {
        left: new ort.Tensor('float64', left, [rows, inner]),
        right: new ort.Tensor('float64', right, isTurned ? [columns, inner] : [inner, columns]),
      };
      const fetches = { result: new ort.Tensor('float64', result, [rows, columns]) };
      const { result: again } = await session.run(feeds, fetches);
      // onnxruntime-node fills the room that it is given, and makes a copy of it besides.
      const copy = again?.data;
      if (copy instanceof Float64Array && copy.buffer !== result.buffer) releaseBuffers(copy);
    };
  const multiplyTurned = multiplyBy(sessions[1], true);
  /** Kept: thousands of strips would wait for the garbage collector. */
  let room = new Float64Array(0);
  return {
    multiply: multiplyBy(sessions[0], false),
    multiplyTurned,
    async forEachStrip(rows, { size, rank }, visit) {
      const elements = Math.min(STRIP_ROWS, size) * size;
      if (room.length < elements) room = new Float64Array(elements);
      for (let first = 0; first < size; first += STRIP_ROWS) {
        const end = Math.min(size, first + STRIP_ROWS);
        const strip = room.subarray(0, (end - first) * end);
        const own = rows.subarray(first * rank, end * rank);
        const dims = { rows: end - first, inner: rank, columns: end };
        await multiplyTurned(own, rows.subarray(0, end * rank), strip, dims);
        visit(strip, first, end - first);
      }
    },
    async close() {
      for (const session of sessions) await session.release();
    },
  };
}

async function openProduct(isRightTransposed: boolean): Promise<Session> {
  const graph = createMessage(graphSchema, {
    name: 'product',
    inputs: [
      createValueInfo('left', 'float64', ['rows', 'inner']),
      createValueInfo('right', 'float64', isRightTransposed ? ['columns', 'inner'] : ['inner', 'columns']),
    ],
    outputs: [createValueInfo('result', 'float64', ['rows', 'columns'])],
    nodes: [
      createNode({
        opType: 'Gemm',
        inputs: ['left', 'right'],
        outputs: ['result'],
        attributes: isRightTransposed ? [createAttribute('transB', 1n)] : [],
      }),
    ],
  });
  const model = createMessage(modelSchema, { irVersion: 8, graph, opsetImports: [{ domain: '', version: 17 }] });
  const parts = ropeParts(encodeMessage(modelSchema, model));
  const bytes = Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : part.read())));
  const { session } = await createSession(bytes, {
    provider: 'node:cpu',
    settings: caseSettingsSchema.parse({}),
    sleeps: true,
  });
  return session;
}
