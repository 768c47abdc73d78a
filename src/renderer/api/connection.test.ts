import { describe, expect, it, vi } from 'vitest';
import { type ConnectionEvents, createConnection } from './connection.ts';

/** A transport in the hands of the test. */
function createTransport() {
  const held: { events: ConnectionEvents | null } = { events: null };
  return {
    transport: (events: ConnectionEvents) => void (held.events = events),
    events: () => held.events as ConnectionEvents,
  };
}

const answering = (answer: unknown) => ({ call: async () => answer });

describe('a connection', () => {
  it('lets calls wait until it is open', async () => {
    const { transport, events } = createTransport();
    const connection = createConnection(transport);
    const answer = connection.link.call(['models', 'list'], undefined, { context: {} });
    expect(connection.state()).toEqual({ status: 'connecting' });
    events().onOpen(answering(42));
    expect(await answer).toBe(42);
    expect(connection.state()).toEqual({ status: 'open' });
  });

  it('gives calls after a loss to the new link', async () => {
    const { transport, events } = createTransport();
    const connection = createConnection(transport);
    events().onOpen(answering('old'));
    events().onLost();
    expect(connection.state()).toEqual({ status: 'lost' });
    const answer = connection.link.call([], undefined, { context: {} });
    events().onOpen(answering('new'));
    expect(await answer).toBe('new');
  });

  it('says in a sentence that a call was cut off', async () => {
    const { transport, events } = createTransport();
    const connection = createConnection(transport);
    let fail = (_error: Error): void => {};
    events().onOpen({ call: () => new Promise((_resolve, reject) => void (fail = reject)) });
    const answer = connection.link.call([], undefined, { context: {} });
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
    events().onLost();
    fail(new Error('peer closed'));
    await expect(answer).rejects.toMatchObject({ kind: 'input-output', message: expect.stringContaining('was lost') });
  });

  it('passes on an error of the workbench as it is', async () => {
    const { transport, events } = createTransport();
    const connection = createConnection(transport);
    const error = new Error('There is no model x.');
    events().onOpen({ call: () => Promise.reject(error) });
    await expect(connection.link.call([], undefined, { context: {} })).rejects.toBe(error);
  });

  it('refuses waiting and later calls once it was refused', async () => {
    const { transport, events } = createTransport();
    const connection = createConnection(transport);
    const waiting = connection.link.call([], undefined, { context: {} });
    events().onRefused('The address is not valid.');
    await expect(waiting).rejects.toThrow('The address is not valid.');
    await expect(connection.link.call([], undefined, { context: {} })).rejects.toThrow('The address is not valid.');
    events().onLost();
    expect(connection.state()).toEqual({ status: 'refused', message: 'The address is not valid.' });
  });

  it('ends the wait of a call that is given up', async () => {
    const { transport } = createTransport();
    const connection = createConnection(transport);
    const controller = new AbortController();
    const waiting = connection.link.call([], undefined, { context: {}, signal: controller.signal });
    controller.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
  });

  it('does not let a call wait for ever', async () => {
    vi.useFakeTimers();
    try {
      const { transport } = createTransport();
      const waiting = createConnection(transport, 1000).link.call([], undefined, { context: {} });
      await Promise.all([expect(waiting).rejects.toThrow('was lost'), vi.advanceTimersByTimeAsync(1001)]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells of each change', () => {
    const { transport, events } = createTransport();
    const connection = createConnection(transport);
    const seen: string[] = [];
    const stop = connection.subscribe(() => seen.push(connection.state().status));
    events().onOpen(answering(1));
    events().onLost();
    events().onLost();
    stop();
    events().onOpen(answering(2));
    expect(seen).toEqual(['open', 'lost']);
  });
});
