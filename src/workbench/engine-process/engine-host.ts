/** Starts engine processes and sees to it that none outlives the workbench. */
import { type ChildProcess, fork } from 'node:child_process';
import type { EngineMethod, EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import { type EngineProcess, type RequestOptions, superviseEngine } from './engine-process.ts';

export type EngineHost = {
  start: (options?: { signal?: AbortSignal | undefined }) => Promise<EngineProcess>;
  /** One request in a process of its own. */
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
  forkEngine?: (enginePath: string) => ChildProcess;
}): EngineHost {
  const children = new Map<ChildProcess, EngineProcess | null>();
  const forkEngine = options.forkEngine ?? forkNode;
  const killAll = (): void => {
    for (const child of children.keys()) child.kill('SIGKILL');
  };
  process.once('exit', killAll);

  const start: EngineHost['start'] = async ({ signal } = {}) => {
    const child = forkEngine(options.enginePath);
    children.set(child, null);
    child.once('exit', () => children.delete(child));
    try {
      const engine = await superviseEngine(child, { readyLimitMs: READY_LIMIT_MS, signal });
      if (children.has(child)) children.set(child, engine);
      return engine;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  };

  return {
    start,
    async call(method, params, request = {}) {
      const engine = await start({ signal: request.signal });
      try {
        return await engine.request(method, params, { silenceLimitMs: DEFAULT_SILENCE_LIMIT_MS, ...request });
      } finally {
        await engine.kill();
      }
    },
    async close() {
      process.removeListener('exit', killAll);
      killAll();
      await Promise.all([...children.values()].map(async (engine) => engine?.kill()));
    },
  };
}

function forkNode(enginePath: string): ChildProcess {
  return fork(enginePath, {
    execPath: process.execPath,
    // Flags of this process, such as a debugger's port, are not the engine's.
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
}
