/** Starts pages that measure and sees to it that none outlives the workbench. */
import { stat } from 'node:fs/promises';
import { AppError } from '#shared/app-error.ts';
import type { EngineResult } from '#shared/engine-protocol.ts';
import type { ModelInspection } from '#shared/model.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import { superviseChannel } from '../engine-process/engine-process.ts';
import { pageChannel } from './page-channel.ts';
import { createPageServer, type PageServer } from './page-server.ts';
import type { RunnerPage, WebRuntimeOrObstacle } from './runner-page.ts';
import { createWebEngine } from './web-engine.ts';

/** A browser's first start on a slow disk takes long. */
const READY_LIMIT_MS = 60_000;
const DEFAULT_SILENCE_LIMIT_MS = 120_000;
const NO_WEBNN = /has no WebNN/;

/** @param options.native reads model files, which a page gets with its answers */
export function createWebEngineHost(options: { web: WebRuntimeOrObstacle; native: EngineHost }): EngineHost {
  const { web, native } = options;
  const pages = new Set<RunnerPage>();
  const inspections = new Map<string, Promise<ModelInspection>>();
  let server: Promise<PageServer> | null = null;
  let isClosed = false;
  /** Said once by a browser, it holds for all of WebNN's devices. */
  let noWebNn: string | null = null;

  /** By what changes when a file does, because several cases share a file. */
  const inspect = async (path: string): Promise<ModelInspection> => {
    const { mtimeMs, size } = await stat(path).catch((error: unknown) => {
      throw new AppError('not-found', `There is no file ${path}.`, { cause: error });
    });
    const key = JSON.stringify([path, mtimeMs, size]);
    const known = inspections.get(key);
    if (known) return known;
    const made = native.call('model.inspect', { path });
    inspections.set(key, made);
    made.catch(() => inspections.delete(key));
    return made;
  };

  const start: EngineHost['start'] = async ({ signal } = {}) => {
    if ('obstacle' in web) throw new AppError('unsupported', web.obstacle);
    if (isClosed) throw new AppError('cancelled', 'Whittle is closing.');
    server ??= createPageServer(web);
    const served = (await server).servePage();
    const page = await web.openPage(served.url);
    pages.add(page);
    void page.closed.then(() => pages.delete(page));
    try {
      const engine = await superviseChannel(pageChannel(served, page), { readyLimitMs: READY_LIMIT_MS, signal });
      return createWebEngine(engine, { served, page, inspect });
    } catch (error) {
      page.close();
      throw isClosed ? new AppError('cancelled', 'Whittle is closing.') : error;
    }
  };

  return {
    obstacleOf: () => ('obstacle' in web ? web.obstacle : null),
    start,
    async call(method, params, request = {}) {
      const isWebNn = 'provider' in params && params.provider.startsWith('web:webnn');
      if (method === 'provider.probe' && isWebNn && noWebNn !== null) {
        return { ok: false, reason: noWebNn } as EngineResult<typeof method>;
      }
      const engine = await start({ signal: request.signal });
      try {
        const answer = await engine.request(method, params, { silenceLimitMs: DEFAULT_SILENCE_LIMIT_MS, ...request });
        if (isWebNn && 'reason' in answer && NO_WEBNN.test(answer.reason)) noWebNn = answer.reason;
        return answer;
      } catch (error) {
        throw isClosed ? new AppError('cancelled', 'Whittle is closing.') : error;
      } finally {
        await engine.kill();
      }
    },
    async close() {
      isClosed = true;
      for (const page of pages) page.close();
      await Promise.all([...pages].map(({ closed }) => closed));
      await (await server)?.close();
    },
  };
}
