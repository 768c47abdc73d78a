/** One engine and the strict rule for its requests: exactly one of reply, end, silence or cancel settles each. */
import type { ChildProcess } from 'node:child_process';
import { AppError, fromErrorData } from '#shared/app-error.ts';
import type {
  EngineMethod,
  EngineParams,
  EngineProgress,
  EngineReply,
  EngineRequest,
  EngineResult,
} from '#shared/engine-protocol.ts';
import { childChannel } from './child-channel.ts';
import { countSilence } from './count-silence.ts';
import type { EngineChannel } from './engine-channel.ts';

export type RequestOptions = {
  /** The longest time without a reply or a progress message before the process counts as hung; only while this process runs itself. */
  silenceLimitMs: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: EngineProgress) => void) | undefined;
};

export type EngineProcess = {
  readonly pid: number | undefined;
  /** From its start until it was ready, milliseconds; absent where that was not timed. */
  readonly startMs?: number;
  /**
   * Errors: the engine's own as it sent them; `engine-crashed` or `out-of-memory` when the process ends first;
   * `engine-timeout` when it is silent too long; `cancelled`. After the last three the process is gone.
   */
  request: <M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    options: RequestOptions,
  ) => Promise<EngineResult<M>>;
  /** Ends the process at once and waits until it is gone. */
  kill: () => Promise<void>;
};

type Pending = {
  id: number | 'ready';
  activity: string;
  resolve: (result: unknown) => void;
  reject: (error: AppError) => void;
  onProgress: ((progress: EngineProgress) => void) | undefined;
  restartTimer: () => void;
};

/** Takes over a forked child and waits until it says `ready`. */
export async function superviseEngine(
  child: ChildProcess,
  options: { readyLimitMs: number; signal?: AbortSignal | undefined },
): Promise<EngineProcess> {
  return superviseChannel(childChannel(child), options);
}

/** Takes over the other end of a channel and waits until it says `ready`. */
export async function superviseChannel(
  channel: EngineChannel,
  options: { readyLimitMs: number; signal?: AbortSignal | undefined },
): Promise<EngineProcess> {
  const engine = supervise(channel);
  await engine.ready({ silenceLimitMs: options.readyLimitMs, signal: options.signal });
  return { pid: channel.pid, request: engine.request, kill: engine.kill };
}

function supervise(channel: EngineChannel) {
  let pending: Pending | null = null;
  let explainEnd: ((activity: string) => AppError) | null = null;
  let requestCount = 0;

  const watchEnd = async (): Promise<void> => {
    explainEnd = await channel.gone;
    pending?.reject(explainEnd(pending.activity));
  };
  const gone = watchEnd();

  channel.onReply((reply: EngineReply) => {
    if (pending === null) return;
    if (reply.kind === 'ready') {
      if (pending.id === 'ready') pending.resolve(undefined);
      return;
    }
    if (reply.id !== pending.id) return;
    switch (reply.kind) {
      case 'progress':
        pending.restartTimer();
        pending.onProgress?.(reply.progress);
        return;
      case 'result':
        pending.resolve(reply.result);
        return;
      case 'error':
        pending.reject(fromErrorData(reply.error));
    }
  });

  const kill = async (): Promise<void> => {
    if (explainEnd === null) channel.kill();
    await gone;
  };

  const rejectWhenGone = async (reject: (error: AppError) => void, error: AppError): Promise<void> => {
    await kill();
    reject(error);
  };

  const settle = (id: Pending['id'], activity: string, options: RequestOptions, send: () => void): Promise<unknown> => {
    if (pending !== null)
      throw new Error(`The engine was asked for ${activity} while it works on ${pending.activity}.`);
    if (explainEnd !== null) return Promise.reject(explainEnd(activity));
    return new Promise<unknown>((resolve, reject) => {
      let endSilence = (): void => {};
      const end = (): void => {
        endSilence();
        options.signal?.removeEventListener('abort', cancel);
        pending = null;
      };
      /** Settles only when the process is gone, so that nothing of it can disturb what comes next. */
      const killAndReject = (error: AppError): void => {
        end();
        void rejectWhenGone(reject, error);
      };
      const cancel = (): void => killAndReject(new AppError('cancelled', 'It was cancelled.'));
      const restartTimer = (): void => {
        endSilence();
        endSilence = countSilence(options.silenceLimitMs, () => {
          const seconds = Math.round(options.silenceLimitMs / 1000);
          killAndReject(
            new AppError(
              'engine-timeout',
              `${channel.name} did not answer ${activity} within ${seconds} s and was stopped.`,
            ),
          );
        });
      };
      pending = {
        id,
        activity,
        onProgress: options.onProgress,
        restartTimer,
        resolve: (result) => {
          end();
          resolve(result);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      if (options.signal?.aborted) {
        cancel();
        return;
      }
      options.signal?.addEventListener('abort', cancel, { once: true });
      restartTimer();
      send();
    });
  };

  return {
    kill,
    ready: (options: RequestOptions) => settle('ready', 'starting', options, () => {}),
    request: async <M extends EngineMethod>(
      method: M,
      params: EngineParams<M>,
      options: RequestOptions,
    ): Promise<EngineResult<M>> => {
      requestCount += 1;
      const message = { kind: 'request', id: requestCount, method, params } as EngineRequest;
      const result = await settle(requestCount, method, options, () => {
        channel.send(message);
      });
      return result as EngineResult<M>;
    },
  };
}
