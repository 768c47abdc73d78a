/** In the Whittle window: a message port, asked for through the preload script. */
import { RPCLink } from '@orpc/client/message-port';
import type { Transport } from './connection.ts';

/** The shell hands over a new port by itself when the workbench was started again; this is for a message that got lost. */
const ASK_AGAIN_MS = 3000;

export function createPortTransport(page: Window): Transport {
  return ({ onOpen, onLost }) => {
    let current: MessagePort | null = null;
    const ask = (): void => page.postMessage('whittle:connect', '*');

    page.addEventListener('message', (event) => {
      const [port] = event.ports;
      if (event.source !== page || event.data !== 'whittle:port' || !port) return;
      current?.close();
      current = port;
      port.addEventListener('close', () => {
        if (current !== port) return;
        current = null;
        onLost();
      });
      const link = new RPCLink({ port });
      port.start();
      onOpen(link);
    });
    ask();
    setInterval(() => {
      if (current === null) ask();
    }, ASK_AGAIN_MS);
  };
}
