/** Starts engine processes and sees to it that none outlives the workbench. */
import { type ChildProcess, fork } from 'node:child_process';
import { AppError } from '#shared/app-error.ts';
import type { EngineMethod, EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import { type EngineProcess, type RequestOptions, superviseEngine } from './engine-process.ts';

export type EngineHost = {
  /** Why no engine can be started for the provider, a sentence; null when only trying tells. */
  obstacleOf: (provider: ProviderId) => string | null;
  /** @param options.provider what the engine will run; without it, a native engine process */
  start: (options?: { provider?: ProviderId; signal?: AbortSignal | undefined }) => Promise<EngineProcess>;
  /** One request in an engine of its own. */
  call: <M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    options?: Partial<RequestOptions>,
  ) => Promise<EngineResult<M>>;
  /** Kills every process and waits until all are gone. */
  close: () => Promise<void>;
};

const READY_LIMIT_MS = 30_000;
const DEFAULT_SILENCE_LIMIT_MS = 120_000;

export function createEngineHost(options: {
  enginePath: string;
  /** Variables that engines get beside those of this process. */
  environment?: () => Record<string, string>;
  forkEngine?: (enginePath: string) => ChildProcess;
}): EngineHost {
  /** Each child with the promise that settles when it is gone. */
  const children = new Map<ChildProcess, Promise<void>>();
  const forkEngine =
    options.forkEngine ?? ((enginePath: string) => forkNode(enginePath, options.environment?.() ?? {}));
  let isClosed = false;
  const killAll = (): void => {
    for (const child of children.keys()) child.kill('SIGKILL');
  };
  process.once('exit', killAll);

  const forkTracked = (): ChildProcess => {
    const child = forkEngine(options.enginePath);
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      // `exit` never comes for a process that could not be started.
      child.once('error', () => child.pid === undefined && resolve());
    });
    children.set(child, gone);
    void gone.then(() => children.delete(child));
    return child;
  };

  const start: EngineHost['start'] = async ({ signal } = {}) => {
    if (isClosed) throw new AppError('cancelled', 'Whittle is closing.');
    const forkedMs = performance.now();
    const child = forkTracked();
    try {
      const engine = await superviseEngine(child, { readyLimitMs: READY_LIMIT_MS, signal });
      return { ...engine, startMs: performance.now() - forkedMs };
    } catch (error) {
      child.kill('SIGKILL');
      throw isClosed ? new AppError('cancelled', 'Whittle is closing.') : error;
    }
  };

  return {
    obstacleOf: () => null,
    start,
    async call(method, params, request = {}) {
      const engine = await start({ signal: request.signal });
      try {
        return await engine.request(method, params, { silenceLimitMs: DEFAULT_SILENCE_LIMIT_MS, ...request });
      } catch (error) {
        throw isClosed ? new AppError('cancelled', 'Whittle is closing.') : error;
      } finally {
        await engine.kill();
      }
    },
    async close() {
      isClosed = true;
      process.removeListener('exit', killAll);
      killAll();
      await Promise.all(children.values());
    },
  };
}

function forkNode(enginePath: string, environment: Record<string, string>): ChildProcess {
  return fork(enginePath, {
    execPath: process.execPath,
    // Flags of this process, such as a debugger's port, are not the engine's.
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...environment, ELECTRON_RUN_AS_NODE: '1' },
  });
}
