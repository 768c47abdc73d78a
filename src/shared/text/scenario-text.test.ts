import { describe, expect, it } from 'vitest';
import { exampleScenarios } from '../../../tests/fakes/example-scenarios.ts';
import type { ScenarioOutcome } from '../scenarios/scenario.ts';
import { concludeProbes } from '../scenarios/server.ts';
import { scenarioTable } from './scenario-table.ts';
import { scenarioSentences } from './scenario-text.ts';

type Server = Extract<ScenarioOutcome, { kind: 'server' }>;
const [single, multi, offline, server] = exampleScenarios as [
  ScenarioOutcome,
  ScenarioOutcome,
  ScenarioOutcome,
  Server,
];

const withResult = (changes: Partial<NonNullable<Server['result']>>): Server => ({
  ...server,
  result: { ...(server.result as NonNullable<Server['result']>), ...changes },
});

describe('what a scenario found', () => {
  it.each<{ outcome: ScenarioOutcome; expected: string }>([
    { outcome: single, expected: 'p90 of 4.72 ms for 1 item at a time, of 4,200 queries.' },
    { outcome: multi, expected: 'p99 of 39.8 ms for a query of 8 items, of 702 queries; 285 items per second.' },
    { outcome: offline, expected: '392 items per second (386–398) with batch 8 on 2 instances of 1 thread.' },
    {
      outcome: server,
      expected: '148 requests per second: 99 % within 20 ms, held in a run of its own (95 % confidence).',
    },
  ])('is said first: $expected', ({ outcome, expected }) => {
    expect(scenarioSentences(outcome)[0]).toBe(expected);
  });

  it('names points that are as good as the best, and those that failed', () => {
    expect(scenarioSentences(offline).slice(1)).toEqual([
      'Not to be told from it: batch 32 on 2 instances of 1 thread.',
      'Batch 64 on 2 instances of 1 thread failed: The engine process ran out of memory while it loaded 2 instances.',
    ]);
  });

  it('says between which rates nothing is known', () => {
    expect(scenarioSentences(server)[1]).toBe('At 163 per second it does not hold; what lies between is undecided.');
  });

  it.each<[Partial<NonNullable<Server['result']>>, RegExp]>([
    [{ verdict: 'not-confirmed' }, /148 requests per second in the search .* not confirmed/],
    [{ verdict: 'none', ratePerSecond: null }, /No rate that was tried answers 99 % within 20 ms/],
    [
      { verdict: 'undecided', ratePerSecond: null },
      /^Undecided: .* At 98 per second it takes \d+ s or more to tell: give the scenario several times as much/,
    ],
    [{ boundSource: 'median' }, /derived from the median/],
  ])('claims no more than was seen: %j', (changes, sentence) => {
    expect(scenarioSentences(withResult(changes))[0]).toMatch(sentence);
  });

  it.each([
    [
      148,
      /^The search for the highest rate that answers 99 % within 20 ms has not ended\. So far, 148 per second holds\./,
    ],
    [null, /^The search .* has not ended\.$/],
  ])('concludes nothing from a search that was cancelled at %j', (ratePerSecond, sentence) => {
    const verdict = ratePerSecond === null ? ('none' as const) : ('not-confirmed' as const);
    const found = scenarioSentences({ ...withResult({ verdict, ratePerSecond }), status: 'pending' });
    expect(found[0]).toMatch(sentence);
    expect(found.join(' ')).not.toMatch(/make the model faster|was not confirmed/);
  });

  it('says that a higher rate held once, where only a lower one held in a run of its own', () => {
    const probes = (server.result?.probes ?? []).flatMap((probe) =>
      probe.ratePerSecond === 148 && probe.purpose === 'confirm'
        ? [
            { ...probe, verdict: 'does-not-hold' as const },
            { ...probe, ratePerSecond: 126 },
          ]
        : [probe],
    );
    const sentences = scenarioSentences(withResult({ ...concludeProbes(probes), probes }));
    expect(sentences[0]).toMatch(/^126 requests per second: .* held in a run of its own/);
    expect(sentences).toContain('148 per second held in the search, but not again with other arrivals.');
    expect(scenarioSentences(server).join(' ')).not.toContain('not again');
  });

  it.each([
    [0.95, 'each end 95 %'],
    [0.999, 'each end 99.9 %'],
  ])('is given with the confidence that was asked for: %d', (confidence, expected) => {
    const outcome = withResult({ confidence });
    expect(scenarioTable(outcome)?.columns.map(({ title }) => title)).toContain(`Over the bound (${expected})`);
    expect(scenarioSentences(outcome)[0]).toContain(`${expected.replace('each end ', '')} confidence`);
  });

  it.each([
    {
      lateMs: { count: 300, p50: 3, p99: null, max: 9 },
      said: 'half of those that met an idle instance were begun 3.00 ms after their arrival or later',
    },
    {
      lateMs: { count: 7, p50: null, p99: null, max: 9 },
      said: 'of 7 requests that met an idle instance, the latest was begun 9.00 ms after its arrival',
    },
  ])('says that requests were late by what their number supports: $said', ({ lateMs, said }) => {
    const probes = (server.result?.probes ?? []).map((probe) => ({ ...probe, lateMs }));
    expect(scenarioSentences(withResult({ probes })).join(' ')).toContain(said);
  });

  it('does not blame the model when the bound is shorter than the machine takes to begin a request', () => {
    const lateMs = { count: 300, p50: 0.143, p99: null, max: 0.4 };
    const probes = (server.result?.probes ?? []).map((probe) => ({ ...probe, lateMs }));
    const none = { verdict: 'none', ratePerSecond: null, probes } as const;
    const below = scenarioSentences(withResult({ ...none, latencyBoundMs: 0.035 })).join(' ');
    expect(below).toContain('Allow more time for an answer.');
    expect(below).toContain(
      'The bound lies below what the timers of this machine resolve, whatever the model: half of',
    );
    expect(scenarioSentences(withResult({ ...none, latencyBoundMs: 20 })).join(' ')).toContain(
      'or make the model faster.',
    );
  });

  it('says when the requests themselves were late', () => {
    const probes = (server.result?.probes ?? []).map((probe) => ({ ...probe, lateMs: { ...probe.lateMs, p99: 4 } }));
    expect(scenarioSentences(server).join(' ')).not.toContain('were late');
    expect(scenarioSentences(withResult({ probes })).join(' ')).toContain('begun 4.00 ms after its arrival or later');
  });

  it('is the reason where nothing was found', () => {
    const error = { kind: 'unsupported', message: 'Not in browsers.' } as const;
    expect(scenarioSentences({ ...server, status: 'unsupported', error, result: null })).toEqual(['Not in browsers.']);
  });
});
