import type { EngineMethod } from '../../src/shared/engine-protocol.ts';

/** A “model” file for the fake engine: this as JSON text. */
export type FakeModel = {
  name: string;
  /** Time that one run is said to take. */
  runMs?: number;
  /** What the outputs are, so that parity can fail: by provider, else `default`. */
  outputs?: Record<string, number>;
  /** What happens when this method is asked for. */
  on?: Partial<Record<EngineMethod, Misbehaviour>>;
  /** That many requests of the method go well before it happens. */
  after?: number;
  metadata?: Record<string, string>;
  externalDataFiles?: string[];
};

export type Misbehaviour =
  | 'crash'
  | 'abort'
  | 'exit-0'
  | 'hang'
  | 'error'
  | 'unsupported'
  | 'out-of-memory'
  | 'disconnect';
