import type { EngineMethod } from '../../src/shared/engine-protocol.ts';
import type { ProviderId } from '../../src/shared/provider.ts';

/** What a provider does wrong: with the process during a method, or with every result that it gives. */
export type Fault =
  | {
      does: 'hang' | 'segfault' | 'abort' | 'exit-0' | 'out-of-memory' | 'throw';
      in: Extract<EngineMethod, 'session.load' | 'session.firstRun' | 'session.measure'>;
    }
  | { does: 'nan' | 'wrong' | 'shape' | 'random'; in?: never };

export type Faults = Partial<Record<ProviderId, Fault>>;
