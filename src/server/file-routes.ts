/** Files on their way between a browser and the workbench, which knows files by their path only. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import { arraysFolder } from '#workbench/library/received-arrays.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import { answerJson } from './answer.ts';

type Route = {
  method: 'GET' | 'POST';
  pattern: RegExp;
  handle: (request: IncomingMessage, response: ServerResponse, about: { url: URL; id: string }) => Promise<void>;
};

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.pdf': 'application/pdf',
};

/** Arrays of NumPy. The library copies models and runs when they are imported; these are named by their path for good. */
const KEPT_FILES = /\.np[yz]$/i;

/**
 * @param options.uploadsPath where files that come in lie until the server ends; made when needed
 * @param options.homePath where arrays are kept, each content once
 */
export function createFileRoutes(options: { client: WorkbenchClient; uploadsPath: string; homePath: string }): Route[] {
  const { client, uploadsPath, homePath } = options;

  return [
    {
      method: 'POST',
      pattern: /^\/files$/,
      /** `name` is the file's; files of one model (external data) share a `folder`, which the first answer names. */
      async handle(request, response, { url }) {
        const name = requireFileName(url.searchParams.get('name'));
        const folder = url.searchParams.get('folder') ?? randomUUID();
        if (!z.uuid().safeParse(folder).success) {
          throw new AppError('invalid-input', `“${folder}” is not a folder of uploads.`);
        }
        await mkdir(uploadsPath, { recursive: true });
        const partPath = join(uploadsPath, `${randomUUID()}.part`);
        try {
          const sha256 = await receive(request, partPath);
          const folderPath = KEPT_FILES.test(name) ? arraysFolder(homePath, sha256) : join(uploadsPath, folder);
          const path = join(folderPath, name);
          await mkdir(folderPath, { recursive: true });
          await rename(partPath, path);
          answerJson(response, 200, { path, folder });
        } finally {
          await rm(partPath, { force: true });
        }
      },
    },
    {
      method: 'GET',
      pattern: /^\/files\/report\/([\w-]+)$/,
      async handle(_request, response, { id, url }) {
        const report = (await client.reports.list()).find((item) => item.id === id);
        if (!report) throw new AppError('not-found', `There is no report ${id}.`);
        await sendFile(response, report.path, {
          name: report.fileName,
          isInline: url.searchParams.has('inline'),
        });
      },
    },
    {
      method: 'GET',
      pattern: /^\/files\/variant\/([0-9a-f]{64})$/,
      async handle(_request, response, { id }) {
        const variant = await client.variants.get({ id });
        if (variant.inspection.externalDataFiles.length > 0) {
          throw new AppError(
            'unsupported',
            `${variant.name} keeps its weights in files of their own, which a browser cannot take together. Copy them with “whittle” on this machine: the model lies at ${variant.path}.`,
          );
        }
        await sendFile(response, variant.path, { name: basename(variant.path), isInline: false });
      },
    },
    {
      method: 'POST',
      pattern: /^\/files\/export$/,
      async handle(request, response) {
        const { ids } = exportRequestSchema.parse(JSON.parse(await text(request)));
        await mkdir(uploadsPath, { recursive: true });
        const path = join(uploadsPath, `${randomUUID()}.json`);
        try {
          await client.runs.export({ ids, path });
          await sendFile(response, path, { name: 'whittle-runs.json', isInline: false });
        } finally {
          await rm(path, { force: true });
        }
      },
    },
  ];
}

/** @returns the SHA-256 of what came in */
async function receive(request: IncomingMessage, path: string): Promise<string> {
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(request, hashed, createWriteStream(path));
  return hash.digest('hex');
}

const exportRequestSchema = z.object({ ids: z.array(z.string()).min(1) });

function requireFileName(name: string | null): string {
  if (name === null || name === '' || name.length > 200 || /[/\\\0]/.test(name) || /^\.+$/.test(name)) {
    throw new AppError('invalid-input', `“${name ?? ''}” cannot be the name of a file.`);
  }
  return name;
}

async function sendFile(
  response: ServerResponse,
  path: string,
  about: { name: string; isInline: boolean },
): Promise<void> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw new AppError('not-found', `The file ${path} is no longer there.`, { cause: error });
  });
  response.writeHead(200, {
    'Content-Type': mediaTypes[extname(path)] ?? 'application/octet-stream',
    'Content-Length': size,
    'Content-Disposition': `${about.isInline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(about.name)}`,
    'Cache-Control': 'no-store',
    // A report that is shown must not act for the page, whatever it contains.
    'Content-Security-Policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  });
  await pipeline(createReadStream(path), response);
}
