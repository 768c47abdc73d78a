/** In a browser: a WebSocket to `whittle serve`. */
import { RPCLink } from '@orpc/client/websocket';
import type { Transport } from './connection.ts';

const FIRST_DELAY_MS = 400;
const LONGEST_DELAY_MS = 5000;

const WRONG_ADDRESS = 'This address is not valid, or no longer. Open the one that “whittle serve” printed.';

export function createSocketTransport(options: { origin: string; token: string | null }): Transport {
  const { origin, token } = options;
  return ({ onOpen, onLost, onRefused }) => {
    if (token === null) return onRefused(WRONG_ADDRESS);
    const query = `token=${encodeURIComponent(token)}`;
    let delayMs = FIRST_DELAY_MS;

    const connect = (): void => {
      const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/rpc?${query}`);
      const link = new RPCLink({ websocket: socket });
      socket.addEventListener('open', () => {
        delayMs = FIRST_DELAY_MS;
        onOpen(link);
      });
      socket.addEventListener('close', () => void again());
    };
    const again = async (): Promise<void> => {
      onLost();
      // A socket does not tell why it was refused; a plain request does.
      const answer = await fetch(`${origin}/files/known?${query}`).catch(() => null);
      if (answer?.status === 401) return onRefused(WRONG_ADDRESS);
      setTimeout(connect, delayMs);
      delayMs = Math.min(LONGEST_DELAY_MS, delayMs * 2);
    };
    connect();
  };
}
