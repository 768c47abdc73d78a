/** The engine in a browser: answers the workbench over a WebSocket until it closes. Nothing else runs in this thread. */
import { decodeMessage, encodeMessage } from '#shared/binary-message.ts';
import type { EngineReply } from '#shared/engine-protocol.ts';
import { webEngineRoutes } from '#shared/web-engine-protocol.ts';
import { createRequestServer } from '../serve-requests.ts';
import { createMethods } from './methods.ts';

type Request = { id: number; method: string; params: unknown };

/** The page gives its address as the name. */
const base = self.name;

const socket = new WebSocket(new URL(base + webEngineRoutes.channel, location.href.replace(/^http/, 'ws')));
socket.binaryType = 'arraybuffer';

const send = (reply: EngineReply, done?: () => void): void => {
  socket.send(encodeMessage(reply));
  done?.();
};
const server = createRequestServer({
  methods: createMethods(),
  send,
  // Where a developer looks; the workbench gets the first sentence.
  report: (text) => setTimeout(() => reportError(new Error(text))),
});

/** What was thrown outside of a request, or after its answer. */
const abandon = (error: unknown): void => server.abandon(error, () => {});
self.addEventListener('error', (event) => {
  // The page's own listener would tell the workbench that all is lost.
  event.preventDefault();
  abandon(event.error ?? event.message);
});
self.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  abandon(event.reason);
});

socket.addEventListener('open', () => send({ kind: 'ready' }));
socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
  void server.handle(decodeMessage(new Uint8Array(data)) as Request);
});
socket.addEventListener('close', () => self.close());
