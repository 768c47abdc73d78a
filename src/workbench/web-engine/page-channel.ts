import type { WebSocket } from 'ws';
import { AppError } from '#shared/app-error.ts';
import { decodeMessage, encodeMessage } from '#shared/binary-message.ts';
import type { EngineReply } from '#shared/engine-protocol.ts';
import type { EngineChannel } from '../engine-process/engine-channel.ts';
import type { ServedPage } from './page-server.ts';
import type { PageEnd, RunnerPage } from './runner-page.ts';

/** A crash breaks the line first; why it came is known a moment later. */
const REASON_GRACE_MS = 250;

/** The channel to an engine in a page: over a WebSocket, and ended with the page's process. */
export function pageChannel(served: ServedPage, page: RunnerPage): EngineChannel {
  let socket: WebSocket | null = null;
  let listener: (reply: EngineReply) => void = () => {};
  let ownReason: PageEnd | null = null;

  const endFor = (reason: string): void => {
    ownReason ??= { reason, isOutOfMemory: false };
    page.close();
  };
  served.onConnect((connected) => {
    // One engine a page; whoever else knows the address is not it.
    if (socket !== null) return connected.terminate();
    socket = connected;
    connected.on('message', (data: Buffer) => {
      try {
        listener(decodeMessage(data) as EngineReply);
      } catch (error) {
        endFor(`it sent what cannot be read: ${(error as Error).message}`);
      }
    });
    connected.on('error', () => connected.terminate());
    connected.on('close', () => setTimeout(() => endFor('its connection broke'), REASON_GRACE_MS));
  });
  served.onFailure((reason) => endFor(reason));

  const awaitEnd = async (): Promise<(activity: string) => AppError> => {
    const end = (await page.closed) ?? ownReason;
    served.close();
    return (activity) => explainEnd(end, activity);
  };

  return {
    name: 'The browser page',
    pid: undefined,
    send: (request) => socket?.send(encodeMessage(request)),
    onReply: (added) => void (listener = added),
    kill: () => page.close(),
    gone: awaitEnd(),
  };
}

function explainEnd(end: PageEnd | null, activity: string): AppError {
  const reason = end === null ? '' : ` (${end.reason})`;
  return new AppError(
    end?.isOutOfMemory === true ? 'out-of-memory' : 'engine-crashed',
    `The browser page ended during ${activity} before it answered${reason}.`,
  );
}
