/** The server with a fake engine: who may speak to it, files in and out, and both ways to reach the contract. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type WhittleServer } from '../../src/server/start-server.ts';
import { openStore } from '../../src/workbench/store/store.ts';
import type { WorkbenchClient } from '../../src/workbench/local-client.ts';
import {
  createTemporaryFolder,
  fakeEnginePath,
  finish,
  importFake,
  removeFolder,
  testEnvironment,
} from '../fakes/test-workbench.ts';

let folder: string;
let server: WhittleServer;
let origin: string;
let token: string;
let websocket: WebSocket;
let client: WorkbenchClient;

const optionsFor = (port: number) => ({
  homePath: join(folder, 'home'),
  port,
  enginePath: fakeEnginePath,
  samplesPath: null,
  rendererPath: join(folder, 'page'),
  versions: testEnvironment,
  printPdf: null,
  log: { info: () => {}, warn: () => {}, error: () => {} },
});

beforeAll(async () => {
  folder = createTemporaryFolder();
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'page', 'index.html'), '<title>Whittle</title>');
  server = await startServer(optionsFor(0));
  const url = new URL(server.url);
  origin = url.origin;
  token = url.searchParams.get('token') ?? '';
  websocket = new WebSocket(`${origin.replace('http', 'ws')}/rpc?token=${token}`);
  await new Promise((resolve) => websocket.addEventListener('open', resolve, { once: true }));
  client = createORPCClient<WorkbenchClient>(new RPCLink({ websocket }));
});
afterAll(async () => {
  websocket.close();
  await server.close();
  removeFolder(folder);
});

/** `fetch` cannot choose these headers. */
function ask(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${origin}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('the page', () => {
  test('is isolated, may load nothing from elsewhere, and is served at the address of each view', async () => {
    for (const path of ['/', '/library', '/results/some-id']) {
      const page = await fetch(`${origin}${path}`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<title>Whittle</title>');
      expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });
});

describe('refused', () => {
  test.each(['/files/report/x', '/api/devices/current', '/api/openapi.json'])('%s without the token', async (path) => {
    expect((await fetch(`${origin}${path}`)).status).toBe(401);
    expect((await fetch(`${origin}${path}?token=${token.slice(1)}x`)).status).toBe(401);
  });

  test('a name that only points to this machine', async () => {
    expect(await ask('/', { Host: 'evil.example' })).toBe(403);
  });

  test('a page of another site, although it knows the token', async () => {
    expect(await ask(`/files/report/x?token=${token}`, { Origin: 'https://evil.example' })).toBe(403);
  });

  test('a socket without the token, or at another address', async () => {
    for (const path of ['/rpc', '/rpc?token=wrong', `/other?token=${token}`]) {
      const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`);
      const outcome = await new Promise((resolve) => {
        socket.addEventListener('open', () => resolve('open'));
        socket.addEventListener('error', () => resolve('refused'));
      });
      expect(outcome).toBe('refused');
    }
  });

  test('a port in use, with a sentence', async () => {
    await expect(startServer(optionsFor(Number(new URL(origin).port)))).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/^Port \d+ is in use by another program\. Name another with --port/),
    });
  });
});

describe('files', () => {
  const upload = (name: string, body: string, more = '') =>
    fetch(`${origin}/files?name=${encodeURIComponent(name)}&token=${token}${more}`, { method: 'POST', body });

  test('come in under their name, those of one model in one folder', async () => {
    const first = (await (await upload('my model.onnx', '{"name":"m"}')).json()) as { path: string; folder: string };
    expect(readFileSync(first.path, 'utf8')).toBe('{"name":"m"}');
    const second = (await (await upload('my model.data', 'x', `&folder=${first.folder}`)).json()) as { path: string };
    expect(second.path).toBe(join(first.path, '..', 'my model.data'));
  });

  test.each(['../x.onnx', '..', 'a/b', ''])('the name “%s” is refused and nothing is written', async (name) => {
    const answer = await upload(name, 'x');
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      kind: 'invalid-input',
      message: expect.stringContaining('cannot be the name'),
    });
    expect(existsSync(join(folder, 'home', 'tmp', 'x.onnx'))).toBe(false);
  });

  test('reports, variants and runs go out', async () => {
    const variantId = await importFake(client, folder, { name: 'plain' });
    const { experimentId, jobId } = await client.experiments.start({
      variantIds: [variantId],
      providers: ['node:cpu'],
      timeBudgetSeconds: 1,
    });
    await finish(client, jobId);
    const report = await client.reports.create({ ids: [experimentId], format: 'html' });
    const shown = await fetch(`${origin}/files/report/${report.id}?token=${token}&inline`);
    expect(shown.headers.get('content-disposition')).toMatch(/^inline/);
    expect(shown.headers.get('content-security-policy')).toMatch(/^sandbox/);
    expect(await shown.text()).toContain('</html>');

    const file = await fetch(`${origin}/files/variant/${variantId}?token=${token}`);
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''plain\.onnx$/);

    const runs = await fetch(`${origin}/files/export?token=${token}`, {
      method: 'POST',
      body: JSON.stringify({ ids: [experimentId] }),
    });
    expect(JSON.stringify(await runs.json())).toContain(experimentId);
  });

  test('that came in are gone when the server has ended, but for arrays that what can be run again names by their path', async () => {
    const other = await startServer({ ...optionsFor(0), homePath: join(folder, 'other-home') });
    const url = new URL(other.url);
    const uploadTo = async (name: string, body = 'x'): Promise<string> => {
      const address = `${url.origin}/files?name=${name}&token=${url.searchParams.get('token')}`;
      const answer = await fetch(address, { method: 'POST', body });
      return ((await answer.json()) as { path: string }).path;
    };
    const modelPath = await uploadTo('m.onnx');
    const arraysPath = await uploadTo('x.npy');
    expect(await uploadTo('x.npy')).toBe(arraysPath);
    expect(existsSync(modelPath)).toBe(true);
    const unusedPath = await uploadTo('unused.npy', 'y');
    const store = openStore(join(folder, 'other-home'));
    store.jobs.add({
      id: 'cancelled',
      kind: 'compress',
      title: '',
      status: 'cancelled',
      progress: null,
      message: '',
      error: null,
      result: null,
      subject: null,
      input: { inputsPath: arraysPath },
      instanceId: 'over',
      needsMachine: true,
      isCancelRequested: true,
      createdAtMs: 0,
      queuedAtMs: 0,
      startedAtMs: null,
      endedAtMs: 0,
    });
    store.close();
    await other.close();
    expect(readdirSync(join(folder, 'other-home', 'tmp'))).toEqual([]);
    expect(readFileSync(arraysPath, 'utf8')).toBe('x');
    expect(existsSync(unusedPath)).toBe(false);
    expect(readdirSync(join(folder, 'other-home', 'inputs'))).toHaveLength(1);
  });

  test('what is not there is not found', async () => {
    expect((await fetch(`${origin}/files/report/none?token=${token}`)).status).toBe(422);
    expect((await fetch(`${origin}/files/elsewhere?token=${token}`)).status).toBe(404);
  });
});

describe('the contract', () => {
  test('is reached over HTTP too, with the same errors', async () => {
    const call = (path: string, input: unknown) =>
      fetch(`${origin}/api/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify(input),
      });
    const device = await call('devices/current', {});
    expect(await device.json()).toMatchObject({ fingerprint: expect.any(String) });
    const refused = await call('models/inspect', { path: join(folder, 'nowhere.onnx') });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: 'APP_ERROR', data: { kind: 'not-found' } });
  });

  test('describes itself', async () => {
    const answer = await fetch(`${origin}/api/openapi.json?token=${token}`);
    const { paths } = (await answer.json()) as { paths: Record<string, unknown> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/models/import', '/experiments/start', '/runs/samples']),
    );
  });
});
