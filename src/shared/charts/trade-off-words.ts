/** What a trade-off chart says and how its value axis runs, the same on screen and in reports. */
import { formatBytes } from '../format.ts';
import { datasetText } from '../text/case-text.ts';
import { commonConfidence } from '../statistics/interval-confidence.ts';
import { intervalsName } from '../text/confidence-text.ts';
import { agreementText, cosineText } from '../text/fidelity-text.ts';
import { isolateName, shortenName } from '../text/name-text.ts';
import { countText, shareText } from '../text/number-text.ts';
import { createLinearScale, extent, type Scale, scaleRemark, shareDomain } from './scale.ts';
import type { TradeOff, TradeOffMeasure, TradeOffPoint } from './trade-off.ts';

export const tradeOffTitles: Record<TradeOffMeasure, string> = {
  top1: 'Latency against accuracy',
  agreement: 'Latency against agreement with the original',
  cosine: 'Latency against similarity to the original',
  size: 'Latency against size',
};

/**
 * @param range pixels, from the lowest value to the highest
 * @returns `divisor`: what values are divided by to be on the axis
 */
export function valueAxis(
  tradeOff: TradeOff,
  range: readonly [number, number],
): { scale: Scale; title: string; divisor: number } {
  const unit = unitOf(tradeOff);
  const values = tradeOff.points.flatMap(({ value, interval }) =>
    [value, ...(interval ?? [])].map((item) => item / unit.divisor),
  );
  const domain = domainOf(values, tradeOff.measure);
  return {
    scale: createLinearScale(domain, range, 6),
    title: axisTitle(tradeOff, unit.name),
    divisor: unit.divisor,
  };
}

/** How to read the chart. */
export function readingRemarks(
  { measure, points }: TradeOff,
  about: { front: readonly TradeOffPoint[]; xScale: Scale; yScale: Scale },
): string[] {
  const { front, xScale, yScale } = about;
  const hasIntervals = measure === 'top1' || measure === 'agreement';
  const ofLatency = commonConfidence(points.map(({ row }) => row.run.latencyMs));
  return [
    measure === 'size' ? 'Towards the bottom left is better.' : 'Towards the top left is better.',
    hasIntervals
      ? `Bars are 95 % intervals${ofLatency === 'at-least-95' ? ', those of the latency of at least 95 %' : ''}.`
      : `Bars are the latency’s ${intervalsName(ofLatency)}.`,
    ...(front.length > 1 ? ['The dashed line joins the versions that no other one beats in both.'] : []),
    scaleRemark(xScale, 'latency'),
    scaleRemark(yScale, { top1: 'accuracy', agreement: 'agreement', cosine: 'cosine', size: 'size' }[measure]),
  ].filter(Boolean);
}

/** @param count of measured runs that the chart has no place for */
export function missingRemark(count: number, measure: TradeOffMeasure): string {
  const what = measure === 'top1' ? 'the accuracy' : 'how close the outputs are';
  return `${countText(count, 'measured run is', 'measured runs are')} not shown, because ${what} is not known.`;
}

export function valueText({ value, itemCount }: TradeOffPoint, measure: TradeOffMeasure): string {
  switch (measure) {
    case 'top1':
      return `top-1 ${shareText(value / 100, itemCount ?? 0)} of ${countText(itemCount ?? 0, 'item')}`;
    case 'agreement':
      return itemCount === null
        ? 'the original itself'
        : `same class as the original for ${agreementText(value / 100, itemCount)} of ${countText(itemCount, 'item')}`;
    case 'cosine':
      return itemCount === null
        ? 'the original itself'
        : `cosine to the original ${cosineText(value)} over ${countText(itemCount, 'item')}`;
    case 'size':
      return `size ${formatBytes(value)}`;
  }
}

function domainOf(values: readonly number[], measure: TradeOffMeasure): readonly [number, number] {
  const [low, high] = extent(values);
  switch (measure) {
    case 'top1':
    case 'agreement':
      return shareDomain(values);
    case 'cosine': {
      const margin = Math.max((high - low) * 0.1, 0.0005);
      return [low - margin, Math.min(1, high + margin)];
    }
    case 'size':
      return [0, high * 1.08];
  }
}

function unitOf({ points, measure }: TradeOff): { name: string; divisor: number } {
  if (measure !== 'size') return { name: measure === 'cosine' ? '' : '%', divisor: 1 };
  const largest = Math.max(...points.map(({ value }) => value));
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const index = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, largest)) / 10)));
  return { name: units[index] ?? 'B', divisor: 1024 ** index };
}

function axisTitle({ measure, datasetId, referenceId, points }: TradeOff, unit: string): string {
  const dataset = datasetId === null ? '' : ` on ${isolateName(shortenName(datasetText(datasetId), 40))}`;
  const name = points.find(({ row }) => row.run.model.sha256 === referenceId)?.row.run.model.name;
  const original = name === undefined ? 'the original' : isolateName(shortenName(name, 40));
  switch (measure) {
    case 'top1':
      return `Top-1 accuracy${dataset} (%) ↑ better`;
    case 'agreement':
      return `Same class as ${original}${dataset} (%) ↑ better`;
    case 'cosine':
      return `Cosine to the outputs of ${original}${dataset} ↑ better`;
    case 'size':
      return `File size (${unit}) ↓ better`;
  }
}
