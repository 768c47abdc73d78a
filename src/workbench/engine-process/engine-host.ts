/** Starts engine processes and sees to it that none outlives the workbench. */
import { type ChildProcess, fork } from 'node:child_process';
import { AppError } from '#shared/app-error.ts';
import type { EngineMethod, EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import { type EngineProcess, type RequestOptions, superviseEngine } from './engine-process.ts';
import { makeOwnFolder, type OwnFolder } from './own-folder.ts';

export type EngineHost = {
  /** Why no engine can be started for the provider, a sentence; null when only trying tells. */
  obstacleOf: (provider: ProviderId) => string | null;
  /**
   * @param options.provider what the engine will run; without it, a native engine process
   * @param options.returnsMemory see `RETURNING_ENVIRONMENT`; not for what is measured
   */
  start: (options?: {
    provider?: ProviderId;
    signal?: AbortSignal | undefined;
    returnsMemory?: boolean;
  }) => Promise<EngineProcess>;
  /** One request in an engine of its own. */
  call: <M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    options?: Partial<RequestOptions> & { returnsMemory?: boolean },
  ) => Promise<EngineResult<M>>;
  /** Kills every process and waits until all are gone. */
  close: () => Promise<void>;
};

/**
 * Blocks of 1 MiB and more go back to the system as soon as they are free. By default the C library of Linux (glibc) keeps them for later up
 * to 32 MiB each, and what ONNX Runtime needed while it rewrote a graph stays with the process: several times the model.
 * Source: mallopt(3), M_MMAP_THRESHOLD.
 */
const RETURNING_ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: String(2 ** 20) };

const READY_LIMIT_MS = 30_000;
const DEFAULT_SILENCE_LIMIT_MS = 120_000;

export function createEngineHost(options: {
  enginePath: string;
  /** Variables that engines get beside those of this process. */
  environment?: () => Record<string, string>;
  forkEngine?: (enginePath: string, environment: Record<string, string>) => ChildProcess;
}): EngineHost {
  /** Each child with the promise that settles when it and its temporary files are gone. */
  const children = new Map<ChildProcess, { gone: Promise<void>; folder: OwnFolder }>();
  const forkEngine = options.forkEngine ?? forkNode;
  let isClosed = false;
  const killAll = (): void => {
    for (const child of children.keys()) child.kill('SIGKILL');
  };
  const endAtExit = (): void => {
    killAll();
    for (const { folder } of children.values()) folder.remove();
  };
  process.once('exit', endAtExit);

  const forkOrRemove = (folder: OwnFolder, environment: Record<string, string>): ChildProcess => {
    try {
      return forkEngine(options.enginePath, environment);
    } catch (error) {
      folder.remove();
      throw error;
    }
  };

  const forkTracked = (environment: Record<string, string>): ChildProcess => {
    const folder = makeOwnFolder();
    const child = forkOrRemove(folder, { ...options.environment?.(), ...folder.environment, ...environment });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      // `exit` never comes for a process that could not be started.
      child.once('error', () => child.pid === undefined && resolve());
    });
    const clearAway = async (): Promise<void> => {
      await ended;
      folder.remove();
      children.delete(child);
    };
    children.set(child, { gone: clearAway(), folder });
    return child;
  };

  const start: EngineHost['start'] = async ({ signal, returnsMemory = false } = {}) => {
    if (isClosed) throw new AppError('cancelled', 'Whittle is closing.');
    const forkedMs = performance.now();
    const child = forkTracked(returnsMemory ? RETURNING_ENVIRONMENT : {});
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
    async call(method, params, { returnsMemory = false, ...request } = {}) {
      const engine = await start({ signal: request.signal, returnsMemory });
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
      process.removeListener('exit', endAtExit);
      killAll();
      await Promise.all([...children.values()].map(({ gone }) => gone));
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
