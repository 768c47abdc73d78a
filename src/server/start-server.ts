/** The workbench over HTTP and WebSocket: for a browser on this machine, and for programs by its OpenAPI routes. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { OpenAPIGenerator } from '@orpc/openapi';
import { OpenAPIHandler } from '@orpc/openapi/node';
import { RPCHandler } from '@orpc/server/ws';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { AppError, toErrorData } from '#shared/app-error.ts';
import { contract } from '#shared/contract/contract.ts';
import { pageHeaders } from '#shared/page-headers.ts';
import { createWorkbench, type WorkbenchOptions } from '#workbench/create-workbench.ts';
import { createLocalClient } from '#workbench/local-client.ts';
import { answerError, answerJson } from './answer.ts';
import { findForeignness, findMissingToken } from './check-request.ts';
import { createFileRoutes } from './file-routes.ts';

export type ServerOptions = WorkbenchOptions & {
  /** 0 takes any free port. */
  port: number;
  /** The built page. */
  rendererPath: string;
};

export type WhittleServer = {
  /** What the user opens; it carries the token. */
  url: string;
  /** Stops all jobs (they can be resumed) and closes every connection. */
  close: () => Promise<void>;
};

const LOOPBACK = '127.0.0.1';

/** Errors: `conflict` for a port in use; those of opening the workbench. */
export async function startServer(options: ServerOptions): Promise<WhittleServer> {
  if (!existsSync(join(options.rendererPath, 'index.html'))) {
    throw new AppError(
      'not-found',
      `The page is not built: ${options.rendererPath} holds no index.html. Run “npm run build”.`,
    );
  }
  const token = randomBytes(24).toString('base64url');
  const http = createServer();
  const port = await listen(http, options.port);
  try {
    const workbench = await createWorkbench(options);
    // The folder that a workbench empties when it starts alone: a killed server leaves nothing for good.
    const uploadsPath = join(options.homePath, 'tmp', `uploads-${process.pid}`);
    const handle = createRequestHandler({
      workbench,
      token,
      port,
      uploadsPath,
      homePath: options.homePath,
      rendererPath: options.rendererPath,
      log: options.log,
    });
    const sockets = acceptSockets({ workbench, token, port });
    http.on('request', (request, response) => void handle(request, response));
    http.on('upgrade', sockets.handleUpgrade);
    return {
      url: `http://${LOOPBACK}:${port}/?token=${token}`,
      async close() {
        sockets.close();
        await Promise.all([workbench.close(), closeHttp(http)]);
        await rm(uploadsPath, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await closeHttp(http);
    throw error;
  }
}

type Handling = {
  workbench: Awaited<ReturnType<typeof createWorkbench>>;
  token: string;
  port: number;
};

function createRequestHandler(
  options: Handling & { uploadsPath: string; homePath: string; rendererPath: string; log: WorkbenchOptions['log'] },
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { workbench, token, port, log } = options;
  const { uploadsPath, homePath } = options;
  const routes = createFileRoutes({ client: createLocalClient(workbench), uploadsPath, homePath });
  const api = new OpenAPIHandler(workbench.router);
  const servePage = sirv(options.rendererPath, { etag: true, single: true });

  const route = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const isData = url.pathname.startsWith('/files') || url.pathname.startsWith('/api') || url.pathname === '/rpc';
    const refusal = findForeignness(request, port) ?? (isData ? findMissingToken(request, url, token) : null);
    if (refusal) {
      answerError(response, refusal.status, { kind: 'wrong-usage', message: refusal.message });
      return;
    }
    for (const { method, pattern, handle } of routes) {
      const match = pattern.exec(url.pathname);
      if (match && request.method === method) return handle(request, response, { url, id: match[1] ?? '' });
    }
    if (url.pathname === '/api/openapi.json') return answerJson(response, 200, await describeApi());
    if (url.pathname.startsWith('/api/')) {
      const { matched } = await api.handle(request, response, { prefix: '/api' });
      if (matched) return;
    }
    if (isData || (request.method !== 'GET' && request.method !== 'HEAD')) {
      answerError(response, 404, {
        kind: 'not-found',
        message: `There is nothing at ${request.method} ${url.pathname}.`,
      });
      return;
    }
    servePage(request, response);
  };

  return async (request, response) => {
    for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
    try {
      await route(request, response, new URL(request.url ?? '/', `http://${LOOPBACK}:${port}`));
    } catch (error) {
      const isExpected = error instanceof AppError || error instanceof z.ZodError || error instanceof SyntaxError;
      if (!isExpected) log.error(`${request.method} ${request.url?.split('?')[0]}: ${(error as Error).stack}`);
      if (response.headersSent) response.destroy();
      else answerError(response, isExpected ? 422 : 500, toErrorData(error));
    }
  };
}

function acceptSockets({ workbench, token, port }: Handling) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 2 ** 20 });
  const rpc = new RPCHandler(workbench.router);
  const handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = new URL(request.url ?? '/', `http://${LOOPBACK}:${port}`);
    const isKnown = url.pathname === '/rpc';
    const refusal = findForeignness(request, port) ?? findMissingToken(request, url, token);
    if (refusal !== null || !isKnown) {
      const status = refusal?.status === 401 ? '401 Unauthorized' : isKnown ? '403 Forbidden' : '404 Not Found';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (websocket) => void rpc.upgrade(websocket));
  };
  return {
    handleUpgrade,
    close: () => {
      for (const websocket of sockets.clients) websocket.terminate();
      sockets.close();
    },
  };
}

function describeApi(): Promise<unknown> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  return generator.generate(contract, {
    info: { title: 'Whittle', version: '1', description: 'The workbench’s contract over HTTP.' },
    servers: [{ url: '/api' }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  });
}

function listen(http: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `Port ${port} is in use by another program. Name another with --port, or leave it out.`,
        EACCES: `Port ${port} is reserved for the system. Name one above 1023 with --port, or leave it out.`,
      };
      reject(new AppError('conflict', reasons[error.code ?? ''] ?? `Port ${port} cannot be opened: ${error.message}.`));
    });
    http.listen(port, LOOPBACK, () => resolve((http.address() as AddressInfo).port));
  });
}

function closeHttp(http: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    http.close(() => resolve());
    http.closeAllConnections();
  });
}
