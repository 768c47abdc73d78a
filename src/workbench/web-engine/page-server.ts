/** Serves the pages that measure: their programs, ONNX Runtime Web, models and datasets as streams, and the line to each engine. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import sirv from 'sirv';
import { type WebSocket, WebSocketServer } from 'ws';
import { pageHeaders } from '#shared/page-headers.ts';
import { webEngineRoutes } from '#shared/web-engine-protocol.ts';

export type ServedPage = {
  /** What the browser opens; it holds the token. */
  url: string;
  /** Called when the page's engine has connected. */
  onConnect: (listener: (socket: WebSocket) => void) => void;
  /** Called when the page says that it cannot go on. */
  onFailure: (listener: (reason: string) => void) => void;
  /** @returns the address under which the page, and nobody else, can read the file */
  publish: (path: string) => string;
  /** From now on nothing of it can be reached. */
  close: () => void;
};

export type PageServer = {
  servePage: () => ServedPage;
  close: () => Promise<void>;
};

type Session = {
  files: string[];
  connect: (socket: WebSocket) => void;
  fail: (reason: string) => void;
};

const LOOPBACK = '127.0.0.1';
const RUNTIME_PREFIX = '/onnxruntime-web';
const LARGEST_MESSAGE_BYTES = 2 ** 31;
const DOCUMENT =
  '<!doctype html><meta charset="utf-8"><title>Whittle measures</title><script type="module" src="/web-engine-page.js"></script>';

export async function createPageServer(options: { pagePath: string; runtimePath: string }): Promise<PageServer> {
  const sessions = new Map<string, Session>();
  const servePrograms = sirv(options.pagePath);
  const serveRuntime = sirv(options.runtimePath, { dev: true });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE_BYTES, perMessageDeflate: false });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
    const { pathname } = new URL(request.url ?? '/', `http://${LOOPBACK}`);
    const [, token = '', route = '', index] = pathname.split('/');
    const session = sessions.get(token);
    if (session !== undefined) {
      if (route === '') return void response.setHeader('Content-Type', 'text/html').end(DOCUMENT);
      if (route === webEngineRoutes.failure) {
        session.fail(await text(request));
        return void response.end();
      }
      const path = route === 'files' ? session.files[Number(index)] : undefined;
      if (path !== undefined) return sendFile(response, path);
    }
    if (pathname.startsWith(`${RUNTIME_PREFIX}/`)) {
      request.url = pathname.slice(RUNTIME_PREFIX.length);
      return serveRuntime(request, response, () => refuse(response, 404, 'ONNX Runtime Web has no such file.'));
    }
    servePrograms(request, response, () => refuse(response, 404, 'There is nothing here.'));
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const [, token = '', route] = (request.url ?? '').split('/');
    const session = sessions.get(token);
    if (session === undefined || route !== webEngineRoutes.channel) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (websocket) => session.connect(websocket));
  };

  const http = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      // A page that was closed does not read to the end.
      if (response.headersSent) response.destroy();
      else refuse(response, 500, error.message);
    });
  });
  http.on('upgrade', upgrade);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(0, LOOPBACK, resolve);
  });
  // A workbench that has nothing else to do may end.
  http.unref();
  const { port } = http.address() as AddressInfo;

  return {
    servePage() {
      const token = randomBytes(24).toString('base64url');
      const session: Session = { files: [], connect: (socket) => socket.terminate(), fail: () => {} };
      sessions.set(token, session);
      return {
        url: `http://${LOOPBACK}:${port}/${token}/`,
        onConnect: (listener) => void (session.connect = listener),
        onFailure: (listener) => void (session.fail = listener),
        publish(path) {
          const known = session.files.indexOf(path);
          const index = known === -1 ? session.files.push(path) - 1 : known;
          return `/${token}/files/${index}/${encodeURIComponent(basename(path))}`;
        },
        close: () => void sessions.delete(token),
      };
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
      });
    },
  };
}

async function sendFile(response: ServerResponse, path: string): Promise<void> {
  const { size } = await stat(path);
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': size,
    'Cache-Control': 'no-store',
  });
  await pipeline(createReadStream(path), response);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(message);
}
