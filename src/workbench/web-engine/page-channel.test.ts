import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { decodeMessage, encodeMessage } from '#shared/binary-message.ts';
import type { EngineReply } from '#shared/engine-protocol.ts';
import { superviseChannel } from '../engine-process/engine-process.ts';
import { pageChannel } from './page-channel.ts';
import type { ServedPage } from './page-server.ts';
import type { PageEnd, RunnerPage } from './runner-page.ts';

/** The page's end of the line; it says what the test wants. */
class FakeSocket extends EventEmitter {
  sent: unknown[] = [];
  isTerminated = false;

  send(bytes: Uint8Array): void {
    this.sent.push(decodeMessage(bytes));
  }

  terminate(): void {
    this.isTerminated = true;
  }

  say(reply: EngineReply): void {
    this.emit('message', Buffer.from(encodeMessage(reply)));
  }
}

async function startFake() {
  const page = Promise.withResolvers<PageEnd | null>();
  const served: { connect: (socket: WebSocket) => void; fail: (reason: string) => void; isClosed: boolean } = {
    connect: () => {},
    fail: () => {},
    isClosed: false,
  };
  const runnerPage: RunnerPage = {
    findProcess: () => Promise.resolve(null),
    close: () => page.resolve(null),
    closed: page.promise,
  };
  const servedPage: ServedPage = {
    url: '',
    onConnect: (listener) => void (served.connect = listener),
    onFailure: (listener) => void (served.fail = listener),
    publish: (path) => path,
    close: () => void (served.isClosed = true),
  };
  const socket = new FakeSocket();
  const connect = (added: FakeSocket): void => served.connect(added as unknown as WebSocket);
  const starting = superviseChannel(pageChannel(servedPage, runnerPage), { readyLimitMs: 5000 });
  connect(socket);
  socket.say({ kind: 'ready' });
  const engine = await starting;
  const request = (silenceLimitMs = 5000) =>
    engine.request('session.firstRun', { returnOutputs: false }, { silenceLimitMs });
  return { served, socket, connect, page, engine, request };
}

describe('an engine in a page', () => {
  test('answers what it was asked', async () => {
    const { socket, request } = await startFake();
    const asked = request();
    expect(socket.sent).toEqual([
      { kind: 'request', id: 1, method: 'session.firstRun', params: { returnOutputs: false } },
    ]);
    socket.say({ kind: 'result', id: 1, result: { firstRunMs: Number.NaN, outputs: null } });
    expect(await asked).toEqual({ firstRunMs: Number.NaN, outputs: null });
  });

  test.each<[string, PageEnd, string]>([
    ['a crash', { reason: 'its process ended: crashed, code 11', isOutOfMemory: false }, 'engine-crashed'],
    ['no memory', { reason: 'the system was out of memory', isOutOfMemory: true }, 'out-of-memory'],
  ])('%s fails the request with the reason, and closes its address', async (_, end, kind) => {
    const { page, served, request } = await startFake();
    const asked = request();
    page.resolve(end);
    await expect(asked).rejects.toMatchObject({ kind, message: expect.stringContaining(`(${end.reason})`) });
    expect(served.isClosed).toBe(true);
    await expect(request()).rejects.toMatchObject({ kind });
  });

  test('a line that breaks ends the page, and its own reason is told when it has one', async () => {
    const first = await startFake();
    const broken = first.request();
    first.socket.emit('close');
    await expect(broken).rejects.toMatchObject({ message: expect.stringContaining('its connection broke') });

    const second = await startFake();
    const crashed = second.request();
    second.socket.emit('close');
    second.page.resolve({ reason: 'the tab crashed', isOutOfMemory: false });
    await expect(crashed).rejects.toMatchObject({ message: expect.stringContaining('the tab crashed') });
  });

  test('what cannot be read ends the page', async () => {
    const { socket, request } = await startFake();
    const asked = request();
    socket.emit('message', Buffer.from('no message of ours, but longer than its head'));
    await expect(asked).rejects.toMatchObject({ message: expect.stringContaining('it sent what cannot be read') });
  });

  test('a page that says that it cannot go on fails the request with its words', async () => {
    const { served, request } = await startFake();
    const asked = request();
    served.fail('The program of the worker could not be loaded.');
    await expect(asked).rejects.toMatchObject({ message: expect.stringContaining('could not be loaded') });
  });

  test('silence ends the page', async () => {
    const { page, request } = await startFake();
    await expect(request(30)).rejects.toMatchObject({
      kind: 'engine-timeout',
      message: expect.stringMatching(/^The browser page did not answer session\.firstRun/),
    });
    expect(await page.promise).toBeNull();
  });

  test('a second engine at the same address is turned away', async () => {
    const { connect, socket, request } = await startFake();
    const intruder = new FakeSocket();
    connect(intruder);
    expect(intruder.isTerminated).toBe(true);
    const asked = request();
    expect(intruder.sent).toEqual([]);
    socket.say({ kind: 'result', id: 1, result: { firstRunMs: 1, outputs: null } });
    expect(await asked).toMatchObject({ firstRunMs: 1 });
  });
});
