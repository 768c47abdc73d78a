import { afterEach, expect, test, vi } from 'vitest';
import { makeTemporaryFolder } from './make-temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

test.runIf(process.platform !== 'win32')(
  'a temporary folder that cannot be written is named, with the way out',
  async () => {
    vi.stubEnv('TMPDIR', '/nonexistent');
    await expect(makeTemporaryFolder('whittle-')).rejects.toMatchObject({
      kind: 'input-output',
      message: expect.stringMatching(/in \/nonexistent .* set TMPDIR/),
    });
  },
);
