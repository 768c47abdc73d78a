import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeFeed, type FeedBehaviour, serveFeed, zipOf } from '../../../tests/fakes/fake-feed.ts';
import { createTemporaryFolder, removeFolder } from '../../../tests/fakes/test-workbench.ts';
import { installLibraries } from './install-libraries.ts';
import { openZip } from './zip-archive.ts';

const NAME = 'Fake.Gpu.Linux';
const VERSION = '1.30.0';
const library = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46]), randomBytes(300_000)]);
const nuspec = (version: string): string =>
  `<package><metadata><id>${NAME}</id><version>${version}</version></metadata></package>`;
const files = { [`${NAME}.nuspec`]: nuspec(VERSION), 'native/libcuda.so': library, 'native/libshared.so': library };
const content = zipOf(files);

let root: string;
let feed: FakeFeed | null;
beforeEach(() => {
  root = createTemporaryFolder();
  mkdirSync(join(root, 'runtime'));
  writeFileSync(join(root, 'runtime', 'libonnxruntime.so.1'), 'runtime');
  feed = null;
});
afterEach(async () => {
  await feed?.close();
  removeFolder(root);
});

const folder = (): string => join(root, 'home', 'libraries');
const downloads = (): string[] => (existsSync(join(root, 'download')) ? readdirSync(join(root, 'download')) : []);

async function install(
  about: FeedBehaviour & { content?: Buffer } = {},
  options: { signal?: AbortSignal; report?: (fraction: number | null, message: string) => void } = {},
): Promise<string> {
  feed ??= await serveFeed({ name: NAME, version: VERSION, content: about.content ?? content }, about);
  return installLibraries({
    wanted: {
      name: NAME,
      version: VERSION,
      feedUrl: feed.url,
      files: ['native/libcuda.so', 'native/libshared.so'],
      runtimePath: join(root, 'runtime'),
    },
    folder: folder(),
    downloadPath: join(root, 'download'),
    signal: options.signal ?? new AbortController().signal,
    report: options.report ?? (() => {}),
  });
}

describe('the libraries', () => {
  test('are downloaded, checked by the hash of the feed, unpacked, and lie beside a link to ONNX Runtime', async () => {
    const messages: string[] = [];
    const fractions: number[] = [];
    const report = (fraction: number | null, message: string): void => {
      fractions.push(fraction ?? -1);
      messages.push(message);
    };
    expect(await install({}, { report })).toContain('SHA-512');
    expect(readFileSync(join(folder(), 'libcuda.so')).equals(library)).toBe(true);
    expect(readlinkSync(join(folder(), 'libonnxruntime.so.1'))).toBe(join(root, 'runtime', 'libonnxruntime.so.1'));
    expect(downloads()).toEqual([]);
    expect(messages.some((message) => /^Downloading Fake\.Gpu\.Linux: .* of 5\d\d KiB$/.test(message))).toBe(true);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  });

  test('of a feed without a catalog are checked by size, checksum and version, and that is said', async () => {
    expect(await install({ hasNoCatalog: true })).toMatch(/no hash/);
    expect(existsSync(join(folder(), 'libshared.so'))).toBe(true);
  });

  test.each([
    ['go on where they broke off', false, [0, 100_000]],
    ['begin again where the server cannot go on', true, [0, 0]],
  ])('%s', async (_, hasNoRanges, begins) => {
    await expect(install({ cutAfterBytes: 100_000, hasNoRanges })).rejects.toMatchObject({
      kind: 'input-output',
      message: expect.stringMatching(/^The download broke off after 97\.7 KiB of .* it goes on from there\.$/),
    });
    expect(existsSync(folder())).toBe(false);
    await install();
    expect(feed?.downloads).toEqual(begins);
    expect(readFileSync(join(folder(), 'libcuda.so')).equals(library)).toBe(true);
  });

  test.each<[string, FeedBehaviour & { content?: Buffer }, RegExp]>([
    ['another hash', { hasWrongHash: true }, /its SHA-512 differs/],
    [
      'another version inside',
      { content: zipOf({ ...files, [`${NAME}.nuspec`]: nuspec('1.29.0') }) },
      /is Fake\.Gpu\.Linux 1\.29\.0/,
    ],
    [
      'a file missing',
      { content: zipOf({ [`${NAME}.nuspec`]: nuspec(VERSION) }) },
      /does not hold native\/libcuda\.so/,
    ],
    [
      'a file that is no library',
      { content: zipOf({ ...files, 'native/libcuda.so': 'text' }) },
      /is no library for Linux/,
    ],
    ['no archive at all', { content: Buffer.from('a page that says no'), hasNoCatalog: true }, /no zip archive/],
  ])('with %s are refused, and those that were there stay', async (_, behaviour, message) => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'libcuda.so'), 'earlier');
    await expect(install(behaviour)).rejects.toMatchObject({ message: expect.stringMatching(message) });
    expect(readFileSync(join(folder(), 'libcuda.so'), 'utf8')).toBe('earlier');
    expect(readdirSync(join(root, 'home'))).toEqual(['libraries']);
    expect(downloads()).toEqual([]);
  });

  test('that nobody serves are an error with the host and the way out', async () => {
    feed = await serveFeed({ name: NAME, version: VERSION, content });
    await feed.close();
    await expect(install()).rejects.toMatchObject({
      kind: 'input-output',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)\..*HTTPS_PROXY/),
    });
  });

  test('of a feed without the package say what it answered', async () => {
    feed = await serveFeed({ name: 'Other', version: VERSION, content });
    await expect(install()).rejects.toMatchObject({ message: expect.stringMatching(/answers 404/) });
  });

  test('can be cancelled in the middle, and what has come is kept for the next time', async () => {
    const controller = new AbortController();
    const installing = install(
      { stalls: true },
      {
        signal: controller.signal,
        report: (_fraction, message) => {
          if (/^Downloading .*2\d\d KiB of/.test(message)) controller.abort(new Error('cancelled'));
        },
      },
    );
    await expect(installing).rejects.toThrow('cancelled');
    expect(existsSync(folder())).toBe(false);
    expect(downloads()).toEqual([expect.stringMatching(/\.part$/)]);
  });
});

test('a file of an archive whose bytes have changed is refused', async () => {
  const path = join(root, 'damaged.zip');
  const damaged = Buffer.from(content);
  // In the middle of the first library.
  damaged.writeUInt8(damaged.readUInt8(200_000) ^ 1, 200_000);
  writeFileSync(path, damaged);
  const zip = await openZip(path);
  await expect(zip.extract('native/libcuda.so', join(root, 'out'))).rejects.toThrow(/does not match its checksum/);
  await zip.close();
});
