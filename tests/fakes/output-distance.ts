import type { runModel } from './small-model.ts';

type Outputs = Awaited<ReturnType<typeof runModel>>;

/** The furthest that a float32 value is from the wanted one, in units in the last place of its tensor's largest; 0 for the same bits, NaN included. */
export function distanceInUlps(found: Outputs, wanted: Outputs): number {
  if (found.length !== wanted.length) return Infinity;
  return Math.max(0, ...wanted.map((output, index) => tensorDistance(found[index] as Outputs[number], output)));
}

function tensorDistance(found: Outputs[number], wanted: Outputs[number]): number {
  const isAlike = found.type === wanted.type && found.dims.join() === wanted.dims.join();
  if (isAlike && Buffer.compare(found.bytes, wanted.bytes) === 0) return 0;
  if (!isAlike || wanted.type !== 'float32') return Infinity;
  const [a, b] = [found, wanted].map(({ bytes }) => new Float32Array(bytes.slice().buffer)) as [
    Float32Array,
    Float32Array,
  ];
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const furthest = b.reduce((most, value, index) => Math.max(most, Math.abs(value - (a[index] as number))), 0);
  return furthest / 2 ** (Math.floor(Math.log2(largest)) - 23);
}
