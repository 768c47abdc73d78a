/** What a model is fed, in words, the same on screen, in the terminal and in reports. */
import type { InputForecast } from '../input-forecast.ts';
import type { InputFact } from '../run-record.ts';

/** `generated, small indices: 0 to 9`, `photos.npz: -0.81 to 2.02`. */
export function inputValuesText({ source, lowest, highest }: Pick<InputFact, 'source' | 'lowest' | 'highest'>): string {
  if (lowest === null || highest === null) return source;
  const [from, to] = [lowest, highest].map((value) => String(Number(value.toPrecision(3))));
  return from === to ? `${source}: ${from}` : `${source}: ${from} to ${to}`;
}

/** `height = 224, width = 224`; empty where nothing was assumed. */
export function assumedText({ assumed }: Pick<InputForecast, 'assumed'>): string {
  return assumed.map(({ dimension, size }) => `${dimension} = ${size}`).join(', ');
}
