/** ONNX Runtime's official builds report to their maker what they run (see src/engine/runtime/onnxruntime.ts); here they must not. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runtimeInterfaceSchema } from '../../src/shared/runtime-interface.ts';
import type { EngineHost } from '../../src/workbench/engine-process/engine-host.ts';
import { createRealHost, generated, REQUEST_LIMIT, samplePath, settingsWith } from '../fakes/real-engine.ts';

let folder: string;
let host: EngineHost;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-test-'));
  // A CI's variable keeps ONNX Runtime quiet by itself, and would hide that we do not.
  host = createRealHost({ HOME: folder, TMPDIR: folder, XDG_CACHE_HOME: folder, CI: '', ORT_DISABLE_TELEMETRY: '0' });
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(runtimeInterfaceSchema.options)(
  'a model that is loaded and run through %s leaves no identifier, no queue of events and no log',
  async (runtimeInterface) => {
    const engine = await host.start();
    const params = { path: samplePath('fashion-resnet'), settings: settingsWith(), inputs: generated };
    await engine.request('session.load', { ...params, provider: 'node:cpu', runtimeInterface }, REQUEST_LIMIT);
    await engine.request('session.firstRun', { returnOutputs: false }, REQUEST_LIMIT);
    expect(readdirSync(folder, { recursive: true })).toEqual([]);
    await engine.kill();
  },
);
