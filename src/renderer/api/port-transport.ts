/** In the Whittle window: a message port, asked for through the preload script. */
import { RPCLink } from '@orpc/client/message-port';
import type { Transport } from './connection.ts';

/** The shell hands over a new port by itself when the workbench was started again; this is for a message that got lost. */
const ASK_AGAIN_MS = 3000;

export function createPortTransport(page: Window): Transport {
  return ({ onOpen, onLost }) => {
    let current: EndablePort | null = null;
    const ask = (): void => page.postMessage('whittle:connect', '*');

    page.addEventListener('message', (event) => {
      const [port] = event.ports;
      if (event.source !== page || event.data !== 'whittle:port' || !port) return;
      const old = current;
      const endable = createEndablePort(port);
      current = endable;
      const link = new RPCLink({ port: endable.port });
      port.addEventListener('close', () => {
        endable.end();
        if (current !== endable) return;
        current = null;
        onLost();
      });
      port.start();
      onOpen(link);
      // After the new one is known, so that whoever was cut off finds it at once.
      old?.end();
    });
    ask();
    setInterval(() => {
      if (current === null) ask();
    }, ASK_AGAIN_MS);
  };
}

type EndablePort = {
  port: Pick<MessagePort, 'addEventListener' | 'postMessage'>;
  /** Fails what still waits for an answer. */
  end: () => void;
};

/**
 * A port that this end can end: closing a `MessagePort` tells only the other end, and when the workbench dies the new
 * port may come before the old one's `close`.
 */
function createEndablePort(port: MessagePort): EndablePort {
  const endings = new EventTarget();
  return {
    port: {
      addEventListener: (type: string, listener: EventListenerOrEventListenerObject) =>
        (type === 'close' ? endings : port).addEventListener(type, listener),
      postMessage: port.postMessage.bind(port),
    },
    end() {
      port.close();
      endings.dispatchEvent(new Event('close'));
    },
  };
}
