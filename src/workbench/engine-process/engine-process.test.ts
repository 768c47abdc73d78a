import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import type { EngineReply, EngineRequest } from '#shared/engine-protocol.ts';
import { superviseEngine } from './engine-process.ts';

/** A child that does what the test says; `kill` ends it as the system would. */
class FakeChild extends EventEmitter {
  pid: number | undefined = 4242;
  exitCode: number | null = null;
  signalCode: NodeJS.Signals | null = null;
  stdout = new PassThrough();
  stderr = new PassThrough();
  sent: EngineRequest[] = [];
  signals: string[] = [];

  send(message: EngineRequest): boolean {
    this.sent.push(message);
    return true;
  }

  kill(signal: NodeJS.Signals): boolean {
    this.signals.push(signal);
    setImmediate(() => this.end(null, signal));
    return true;
  }

  reply(reply: EngineReply): void {
    this.emit('message', reply);
  }

  end(code: number | null, signal: NodeJS.Signals | null): void {
    this.exitCode = code;
    this.signalCode = signal;
    this.emit('exit', code, signal);
    this.emit('close', code, signal);
  }
}

async function startFake() {
  const child = new FakeChild();
  const starting = superviseEngine(child as unknown as ChildProcess, { readyLimitMs: 5000 });
  child.reply({ kind: 'ready' });
  return { child, engine: await starting };
}

const limits = { silenceLimitMs: 5000 };
const memory = { residentBytes: 1, peakBytes: 2, anonymousBytes: null, fileBytes: null };

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe('an engine process', () => {
  test('a reply settles the request with the same id', async () => {
    const { child, engine } = await startFake();
    const request = engine.request('session.memory', {}, limits);
    expect(child.sent).toEqual([{ kind: 'request', id: 1, method: 'session.memory', params: {} }]);
    child.reply({ kind: 'result', id: 7, result: { ...memory, residentBytes: 9, peakBytes: 9 } });
    child.reply({ kind: 'result', id: 1, result: memory });
    expect(await request).toEqual(memory);
  });

  test('a reply that comes after the request is settled changes nothing', async () => {
    const { child, engine } = await startFake();
    const first = engine.request('session.memory', {}, limits);
    child.reply({ kind: 'result', id: 1, result: memory });
    await first;
    const second = engine.request('session.memory', {}, limits);
    child.reply({ kind: 'error', id: 1, error: { kind: 'internal', message: 'Too late.' } });
    child.reply({ kind: 'result', id: 2, result: memory });
    expect(await second).toEqual(memory);
  });

  test('an error of the engine keeps its kind and message', async () => {
    const { child, engine } = await startFake();
    const request = engine.request('model.check', { path: 'x' }, limits);
    child.reply({ kind: 'error', id: 1, error: { kind: 'invalid-model', message: 'It is not a model.' } });
    expect(await failureOf(request)).toMatchObject({ kind: 'invalid-model', message: 'It is not a model.' });
  });

  test.each<[string, number | null, NodeJS.Signals | null, string, string, RegExp]>([
    ['a crash', null, 'SIGSEGV', 'onnx: boom\n', 'engine-crashed', /SIGSEGV: a memory access violation.*onnx: boom/],
    ['exit code 0', 0, null, '', 'engine-crashed', /exit code 0 without an answer/],
    ['exit code 3', 3, null, 'no such file', 'engine-crashed', /exit code 3.*no such file/],
    ['a kill from outside', null, 'SIGKILL', '', 'out-of-memory', /something outside of Whittle stopped it/],
    ['a failed allocation', null, 'SIGABRT', 'std::bad_alloc', 'out-of-memory', /SIGABRT/],
  ])('%s before the reply fails the request with the reason', async (_, code, signal, stderr, kind, message) => {
    const { child, engine } = await startFake();
    const request = engine.request('session.memory', {}, limits);
    child.stderr.write(stderr);
    await new Promise(setImmediate);
    child.end(code, signal);
    const error = await failureOf(request);
    expect(error.kind).toBe(kind);
    expect(error.message).toContain('session.memory');
    expect(error.message).toMatch(message);
  });

  test('a reply that was on its way when the process ended still counts', async () => {
    const { child, engine } = await startFake();
    const request = engine.request('session.memory', {}, limits);
    child.emit('exit', 0, null);
    child.reply({ kind: 'result', id: 1, result: memory });
    child.emit('close', 0, null);
    expect(await request).toEqual(memory);
  });

  test('after the end every request is refused', async () => {
    const { child, engine } = await startFake();
    child.end(1, null);
    expect((await failureOf(engine.request('session.memory', {}, limits))).kind).toBe('engine-crashed');
  });

  test('silence ends the process; progress resets the limit', async () => {
    const { child, engine } = await startFake();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const failure = failureOf(engine.request('session.memory', {}, { silenceLimitMs: 120 }));
      for (let time = 0; time < 5; time += 1) {
        await vi.advanceTimersByTimeAsync(119);
        child.reply({ kind: 'progress', id: 1, progress: { fraction: 0, message: '' } });
      }
      expect(child.signals).toEqual([]);
      await vi.advanceTimersByTimeAsync(120);
      expect((await failure).kind).toBe('engine-timeout');
      expect(child.signals).toEqual(['SIGKILL']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('progress reaches who asked', async () => {
    const { child, engine } = await startFake();
    const seen: (number | null)[] = [];
    const request = engine.request(
      'session.memory',
      {},
      { ...limits, onProgress: (progress) => seen.push(progress.fraction) },
    );
    child.reply({ kind: 'progress', id: 1, progress: { fraction: 0.25, message: 'a quarter' } });
    child.reply({ kind: 'result', id: 1, result: memory });
    await request;
    expect(seen).toEqual([0.25]);
  });

  test('cancel kills, and settles only when the process is gone', async () => {
    const { child, engine } = await startFake();
    const controller = new AbortController();
    let isGone = false;
    child.once('close', () => (isGone = true));
    const request = engine.request('session.memory', {}, { ...limits, signal: controller.signal });
    controller.abort();
    expect(child.signals).toEqual(['SIGKILL']);
    const error = await failureOf(request);
    expect(error.kind).toBe('cancelled');
    expect(isGone).toBe(true);
  });

  describe('whose channel closes', () => {
    async function closeChannel() {
      const { child, engine } = await startFake();
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const failure = failureOf(engine.request('session.memory', {}, limits));
      child.emit('disconnect');
      return { child, failure };
    }
    afterEach(() => void vi.useRealTimers());

    test('while it lives is stopped, and is no lack of memory', async () => {
      const { child, failure } = await closeChannel();
      expect(child.signals).toEqual([]);
      await vi.advanceTimersByTimeAsync(2000);
      const { kind, message } = await failure;
      expect(child.signals).toEqual(['SIGKILL']);
      expect(kind).toBe('engine-crashed');
      expect(message).toContain('session.memory before it answered (it closed its connection to Whittle');
    });

    test.each([
      ['the system killed it', null, 'SIGKILL', 'out-of-memory', /most often the system was out of memory/],
      ['it crashed', null, 'SIGSEGV', 'engine-crashed', /SIGSEGV/],
      ['it ended', 0, null, 'engine-crashed', /exit code 0 without an answer/],
    ] as const)('because %s tells that', async (_, code, signal, kind, message) => {
      const { child, failure } = await closeChannel();
      child.end(code, signal);
      await vi.advanceTimersByTimeAsync(2000);
      expect(await failure).toMatchObject({ kind, message: expect.stringMatching(message) });
      expect(child.signals).toEqual([]);
    });

    test('tells so too where the exit is seen late, by a process that was busy', async () => {
      const { child, failure } = await closeChannel();
      vi.advanceTimersByTime(2000);
      child.end(null, 'SIGKILL');
      expect((await failure).kind).toBe('out-of-memory');
      expect(child.signals).toEqual([]);
    });
  });

  test('one that never says it is ready is stopped', async () => {
    const child = new FakeChild();
    const starting = superviseEngine(child as unknown as ChildProcess, { readyLimitMs: 30 });
    expect((await failureOf(starting)).kind).toBe('engine-timeout');
    expect(child.signals).toEqual(['SIGKILL']);
  });

  test('one that cannot be started is an error with the reason', async () => {
    const child = new FakeChild();
    child.pid = undefined;
    const starting = superviseEngine(child as unknown as ChildProcess, { readyLimitMs: 5000 });
    child.emit('error', new Error('spawn ENOENT'));
    expect((await failureOf(starting)).message).toContain('spawn ENOENT');
  });

  test('two requests at once are a mistake of ours', async () => {
    const { child, engine } = await startFake();
    const first = engine.request('session.memory', {}, limits);
    await expect(engine.request('session.memory', {}, limits)).rejects.toThrow('while it works on session.memory');
    child.reply({ kind: 'result', id: 1, result: memory });
    await first;
  });
});
