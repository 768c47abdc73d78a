/** Everything that can go wrong in an engine process ends in a sentence, and never in silence. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineReply, InputSource } from '../../src/shared/engine-protocol.ts';
import { runtimeInterfaceSchema } from '../../src/shared/runtime-interface.ts';
import type { EngineHost } from '../../src/workbench/engine-process/engine-host.ts';
import {
  createRealHost,
  fashionTestSet,
  generated,
  REQUEST_LIMIT,
  samplePath,
  settingsWith,
} from '../fakes/real-engine.ts';
import { realEnginePath } from '../fakes/test-workbench.ts';

let folder: string;
let host: EngineHost;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-test-'));
  host = createRealHost();
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

const resnet = (): Buffer => readFileSync(samplePath('fashion-resnet'));

/** The first Relu becomes an operator that does not exist; the name has the same length, so the file stays whole. */
function withUnknownOperator(): Buffer {
  const bytes = resnet();
  const operator = Buffer.from([0x22, 4, ...Buffer.from('Relu')]);
  bytes.write('Rexu', bytes.indexOf(operator) + 2);
  return bytes;
}

function write(name: string, content: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a broken model', () => {
  test.each<[string, () => Buffer | string, RegExp]>([
    [
      'garbage',
      () => Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 197 + 91) % 256)),
      /not an ONNX model/,
    ],
    ['text', () => 'this is no model\n', /not an ONNX model/],
    ['empty', () => '', /holds no graph/],
    ['cut-off', () => resnet().subarray(0, 50_000), /damaged or cut off/],
    ['cut-off-at-the-end', () => resnet().subarray(0, -10), /damaged or cut off/],
    [
      'unknown-operator',
      withUnknownOperator,
      /uses the operator “Rexu” in its node “.+”, which ONNX Runtime does not know/,
    ],
  ])('%s is told in a sentence, when checked and when loaded', async (name, content, message) => {
    const path = write(`${name}.onnx`, content());
    const expected = { kind: 'invalid-model', message: expect.stringMatching(message) };
    await expect(host.call('model.check', { path })).rejects.toMatchObject(expected);
    const params = { path, provider: 'node:cpu', settings: settingsWith(), inputs: generated } as const;
    await expect(host.call('session.load', params)).rejects.toMatchObject(expected);
    await expect(host.call('model.check', { path })).rejects.toMatchObject({
      message: expect.stringMatching(/^[^\n]*\.$/),
    });
  });

  test('that is not there is not found', async () => {
    await expect(host.call('model.check', { path: join(folder, 'missing.onnx') })).rejects.toMatchObject({
      kind: 'not-found',
    });
  });
});

describe('what does not fit', () => {
  const loadResnet = (changes: { inputs?: InputSource; batchSize?: number }) =>
    host.call('session.load', {
      path: samplePath('fashion-resnet'),
      provider: 'node:cpu',
      settings: settingsWith({ batchSize: changes.batchSize ?? 1 }),
      inputs: changes.inputs ?? generated,
    });

  test('a dataset with fewer items than a batch', async () => {
    await expect(loadResnet({ inputs: fashionTestSet({ limit: 3 }), batchSize: 4 })).rejects.toMatchObject({
      kind: 'invalid-input',
      message: 'The dataset fashion-mnist/test has 3 items, fewer than a batch of 4.',
    });
  });

  test('a provider that this machine does not have', async () => {
    const params = { path: samplePath('fashion-resnet'), settings: settingsWith(), inputs: generated };
    await expect(host.call('session.load', { ...params, provider: 'node:dml' })).rejects.toMatchObject({
      kind: expect.stringMatching(/^(unsupported|provider-failed)$/),
      message: expect.stringMatching(/node:dml.*\.$/s),
    });
  });
});

describe('the process', () => {
  test('goes on after an error', async () => {
    const engine = await host.start();
    await expect(engine.request('session.warmUp', { limitMs: 1 }, REQUEST_LIMIT)).rejects.toMatchObject({
      kind: 'internal',
      message: 'Whittle failed in session.warmUp: No session is loaded in this engine process.',
    });
    const { loadMs } = await engine.request('model.check', { path: samplePath('fashion-resnet') }, REQUEST_LIMIT);
    expect(loadMs).toBeGreaterThan(0);
    await engine.kill();
  });

  test('that is killed while it measures fails that request with the reason', async () => {
    const engine = await host.start();
    const params = {
      path: samplePath('fashion-resnet'),
      provider: 'node:cpu',
      settings: settingsWith(),
      inputs: generated,
    } as const;
    await engine.request('session.load', params, REQUEST_LIMIT);
    const block = { durationMs: 60_000, minimumSamples: 1, settleRuns: 0 };
    const measuring = engine.request('session.measure', block, { silenceLimitMs: 120_000 });
    setTimeout(() => process.kill(engine.pid as number, 'SIGKILL'), 200);
    await expect(measuring).rejects.toMatchObject({
      message: expect.stringMatching(/during session\.measure.*SIGKILL/),
    });
  });

  test.each(runtimeInterfaceSchema.options)(
    'ends by itself when the workbench is gone, also while it measures through %s',
    async (runtimeInterface) => {
      const child = fork(realEnginePath, {
        serialization: 'advanced',
        execArgv: [],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      const answers: EngineReply[] = [];
      const settled = new Promise<void>((resolve) => {
        child.on('message', (message) => {
          answers.push(message as EngineReply);
          if (answers.length === 1) {
            const params = {
              path: samplePath('fashion-vit'),
              provider: 'node:cpu',
              settings: settingsWith(),
              inputs: generated,
              runtimeInterface,
            };
            child.send({ kind: 'request', id: 1, method: 'session.load', params });
          } else resolve();
        });
      });
      await settled;
      expect(answers.map(({ kind }) => kind)).toEqual(['ready', 'result']);
      const params = { durationMs: 60_000, minimumSamples: 1, settleRuns: 0 };
      child.send({ kind: 'request', id: 2, method: 'session.measure', params });
      const exited = once(child, 'exit');
      setTimeout(() => child.disconnect(), 200);
      expect(await exited).toEqual([0, null]);
    },
  );

  test('started by hand says what it is', async () => {
    const child = spawn(process.execPath, [realEnginePath], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(said).toContain('This program is a part of Whittle');
  });
});
