import { RPCHandler } from '@orpc/server/message-port';
import { os } from '@orpc/server';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createConnection } from './connection.ts';
import { createPortTransport } from './port-transport.ts';

/** A page whose shell answers `whittle:connect` with what the test hands over. */
function createPage() {
  const page = Object.assign(new EventTarget(), { asked: 0, postMessage: () => void (page.asked += 1) });
  const hand = (port: MessagePort): void => {
    const event = Object.assign(new Event('message'), { source: page, data: 'whittle:port', ports: [port] });
    page.dispatchEvent(event);
  };
  return { page, hand };
}

/** A workbench that answers `name`, and never answers `silence`, but tells that it was asked. */
function createWorkbench(name: string): { port: MessagePort; asked: Promise<void> } {
  const { port1, port2 } = new MessageChannel();
  const asked = Promise.withResolvers<void>();
  const router = {
    name: os.handler(() => name),
    silence: os.handler(() => {
      asked.resolve();
      return new Promise<string>(() => {});
    }),
  };
  new RPCHandler(router).upgrade(port1);
  port1.start();
  return { port: port2, asked: asked.promise };
}

// Only what asks again: messages and promises take the time that they take.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

it('asks for a port, speaks over it, and fails what is cut off when another comes', async () => {
  const { page, hand } = createPage();
  const connection = createConnection(createPortTransport(page as unknown as Window));
  expect(page.asked).toBe(1);
  const first = createWorkbench('first');
  hand(first.port);
  const call = (path: string) => connection.link.call([path], undefined, { context: {} });
  expect(await call('name')).toBe('first');

  const cutOff = call('silence');
  await first.asked;
  hand(createWorkbench('second').port);
  await expect(cutOff).rejects.toThrow('was lost');
  expect(await call('name')).toBe('second');
  expect(connection.state()).toEqual({ status: 'open' });
});

it('takes no port from another page', async () => {
  const { page } = createPage();
  const connection = createConnection(createPortTransport(page as unknown as Window));
  const foreign = Object.assign(new Event('message'), {
    source: {},
    data: 'whittle:port',
    ports: [createWorkbench('x').port],
  });
  page.dispatchEvent(foreign);
  expect(connection.state()).toEqual({ status: 'connecting' });
});

it('asks again and again as long as it has no port', () => {
  const { page, hand } = createPage();
  createConnection(createPortTransport(page as unknown as Window));
  vi.advanceTimersToNextTimer();
  vi.advanceTimersToNextTimer();
  expect(page.asked).toBe(3);
  hand(createWorkbench('first').port);
  vi.advanceTimersToNextTimer();
  expect(page.asked).toBe(3);
});
