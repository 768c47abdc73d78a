import { RPCHandler } from '@orpc/server/message-port';
import { os } from '@orpc/server';
import { expect, it } from 'vitest';
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

/** A workbench that answers `name`, and never answers `silence`. */
function createWorkbench(name: string): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const router = {
    name: os.handler(() => name),
    silence: os.handler(() => new Promise<string>(() => {})),
  };
  new RPCHandler(router).upgrade(port1);
  port1.start();
  return port2;
}

it('asks for a port, speaks over it, and fails what is cut off when another comes', async () => {
  const { page, hand } = createPage();
  const connection = createConnection(createPortTransport(page as unknown as Window));
  expect(page.asked).toBe(1);
  hand(createWorkbench('first'));
  const call = (path: string) => connection.link.call([path], undefined, { context: {} });
  expect(await call('name')).toBe('first');

  const cutOff = call('silence');
  await new Promise((resolve) => setTimeout(resolve, 20));
  hand(createWorkbench('second'));
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
    ports: [createWorkbench('x')],
  });
  page.dispatchEvent(foreign);
  expect(connection.state()).toEqual({ status: 'connecting' });
});
