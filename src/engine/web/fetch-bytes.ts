/** Files on their way from the workbench. */
import { AppError } from '#shared/app-error.ts';

/** The whole file. Errors: `input-output`, `out-of-memory`. */
export async function fetchBytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await request(url);
  return new Uint8Array(
    await response.arrayBuffer().catch((error: unknown) => {
      throw new AppError('out-of-memory', `The browser has no room for ${nameOf(url)}: ${(error as Error).message}.`, {
        cause: error,
      });
    }),
  );
}

/** The bytes of a file, unpacked when its name ends in `.gz`. Errors: `invalid-input`, `input-output`. */
export async function* fetchChunks(url: string): AsyncGenerator<Uint8Array> {
  const { body } = await request(url);
  if (body === null) return;
  const stream = url.endsWith('.gz') ? body.pipeThrough(new DecompressionStream('gzip')) : body;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw new AppError('invalid-input', `${nameOf(url)} cannot be read to its end: ${(error as Error).message}.`, {
      cause: error,
    });
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function request(url: string): Promise<Response> {
  const response = await fetch(url);
  if (response.ok) return response;
  throw new AppError('input-output', `${nameOf(url)} did not reach the browser: ${await response.text()}`);
}

function nameOf(url: string): string {
  return decodeURIComponent(url.split('/').at(-1) ?? url);
}
