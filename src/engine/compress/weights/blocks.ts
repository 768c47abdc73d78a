/**
 * Weights of a matrix product in 2, 4 or 8 bits, block by block along the inputs, in the layout of ONNX Runtime's MatMulNBits.
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits
 */

export type Bits = 2 | 4 | 8;

export type BlockShape = { inputs: number; outputs: number; blockSize: number; bits: Bits };

export type QuantizedBlocks = {
  /** `[outputs, blocks, blockSize * bits / 8]`; the first value of a byte is in its lowest bits. */
  values: Uint8Array;
  /** `[outputs, blocks]`. */
  scales: Float32Array;
  /** `[outputs, ceil(blocks * bits / 8)]`, packed like the values; null when all are in the middle. */
  zeroPoints: Uint8Array | null;
};

export type BlockWriter = {
  result: QuantizedBlocks;
  /**
   * @param integers 0 to 2^bits - 1, `blockSize` of them from `start` on; beyond the inputs they are the zero point
   */
  write: (output: number, block: number, chosen: ChosenBlock, integers: Uint8Array, start: number) => void;
};

/** A weight is (integer - zero point) * scale. The scale may be negative. */
export type ChosenBlock = { scale: number; zeroPoint: number };

export function blockCountOf({ inputs, blockSize }: BlockShape): number {
  return Math.ceil(inputs / blockSize);
}

/** An empty container, and a way to fill it. */
export function createBlockWriter(shape: BlockShape, isSymmetric: boolean): BlockWriter {
  const { outputs, blockSize, bits } = shape;
  const blockCount = blockCountOf(shape);
  const bytesPerBlock = (blockSize * bits) / 8;
  const perByte = 8 / bits;
  const zeroBytes = Math.ceil(blockCount / perByte);
  const values = new Uint8Array(outputs * blockCount * bytesPerBlock);
  const scales = new Float32Array(outputs * blockCount).fill(1);
  const zeroPoints = isSymmetric ? null : new Uint8Array(outputs * zeroBytes);
  return {
    result: { values, scales, zeroPoints },
    write(output, block, { scale, zeroPoint }, integers, start) {
      const index = output * blockCount + block;
      scales[index] = scale;
      if (zeroPoints) {
        const byte = output * zeroBytes + Math.floor(block / perByte);
        zeroPoints[byte] = (zeroPoints[byte] as number) | (zeroPoint << (bits * (block % perByte)));
      }
      const first = index * bytesPerBlock;
      for (let byte = 0; byte < bytesPerBlock; byte += 1) {
        const from = start + byte * perByte;
        let packed = integers[from] as number;
        for (let part = 1; part < perByte; part += 1) packed |= (integers[from + part] as number) << (bits * part);
        values[first + byte] = packed;
      }
    },
  };
}
