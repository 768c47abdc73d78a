import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import type { EngineReply, EngineRequest } from '#shared/engine-protocol.ts';
import type { MethodHandlers } from './methods.ts';
import { createRequestServer } from './serve-requests.ts';

function serve(methods: Partial<MethodHandlers>) {
  const replies: EngineReply[] = [];
  const reports: string[] = [];
  const server = createRequestServer({
    methods,
    send: (reply, done) => {
      replies.push(reply);
      done?.();
    },
    report: (text) => void reports.push(text),
  });
  return { server, replies, reports };
}

const check = (id: number): EngineRequest => ({ kind: 'request', id, method: 'model.check', params: { path: 'a' } });

describe('a request', () => {
  test('is answered with progress and the result', async () => {
    const { server, replies } = serve({
      'model.check': async ({ path }, onProgress) => {
        onProgress({ fraction: 0.5, message: path });
        return { loadMs: 3 };
      },
    });
    await server.handle(check(7));
    expect(replies).toEqual([
      { kind: 'progress', id: 7, progress: { fraction: 0.5, message: 'a' } },
      { kind: 'result', id: 7, result: { loadMs: 3 } },
    ]);
  });

  test('that fails as expected is answered with kind and message', async () => {
    const { server, replies, reports } = serve({
      'model.check': () => Promise.reject(new AppError('invalid-model', 'It is broken.')),
    });
    await server.handle(check(1));
    expect(replies).toEqual([{ kind: 'error', id: 1, error: { kind: 'invalid-model', message: 'It is broken.' } }]);
    expect(reports).toEqual([]);
  });

  test('that runs into a bug is answered with a sentence, and the stack is reported', async () => {
    const { server, replies, reports } = serve({
      'model.check': () => {
        throw new TypeError('x is undefined\n    at somewhere');
      },
    });
    await server.handle(check(1));
    expect(replies).toEqual([
      { kind: 'error', id: 1, error: { kind: 'internal', message: 'Whittle failed in model.check: x is undefined.' } },
    ]);
    expect(reports[0]).toContain('TypeError');
  });

  test('is refused while another is worked on, which goes on', async () => {
    const { server, replies } = serve({
      'model.check': () => new Promise((resolve) => setImmediate(() => resolve({ loadMs: 1 }))),
    });
    const first = server.handle(check(1));
    await server.handle(check(2));
    await first;
    expect(replies.map((reply) => [reply.kind, 'id' in reply ? reply.id : null])).toEqual([
      ['error', 2],
      ['result', 1],
    ]);
  });

  test('for an unknown method is an error, not silence', async () => {
    const { server, replies } = serve({});
    await server.handle(check(1));
    expect(replies).toMatchObject([{ kind: 'error', error: { message: expect.stringContaining('does not know') } }]);
  });
});

describe('an error that nobody caught', () => {
  test('ends the request being worked on, once', async () => {
    let finish: () => void = () => {};
    const { server, replies } = serve({
      'model.check': () => new Promise((resolve) => (finish = () => resolve({ loadMs: 1 }))),
    });
    const handled = server.handle(check(1));
    let isDone = false;
    server.abandon(new Error('lost'), () => (isDone = true));
    finish();
    await handled;
    expect(isDone).toBe(true);
    expect(replies).toEqual([
      { kind: 'error', id: 1, error: { kind: 'internal', message: 'Whittle failed in model.check: lost.' } },
    ]);
  });

  test('between requests only calls back', () => {
    const { server, replies } = serve({});
    let isDone = false;
    server.abandon(new Error('lost'), () => (isDone = true));
    expect(isDone).toBe(true);
    expect(replies).toEqual([]);
  });
});
