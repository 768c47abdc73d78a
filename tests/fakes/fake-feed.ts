/** A NuGet feed on this machine with one package, which can be cut off, damaged or slow. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateRawSync } from 'node:zlib';

export type FakeFeed = {
  /** Of its index. */
  url: string;
  /** Where each download began, in bytes. */
  downloads: number[];
  close: () => Promise<void>;
};

export type FeedBehaviour = {
  /** The connection ends after so many bytes, the first time. */
  cutAfterBytes?: number;
  /** Half of the package is sent, and then nothing. */
  stalls?: boolean;
  /** Answers each request from the beginning. */
  hasNoRanges?: boolean;
  /** The catalog names another hash. */
  hasWrongHash?: boolean;
  /** There is no catalog. */
  hasNoCatalog?: boolean;
};

export async function serveFeed(
  about: { name: string; version: string; content: Buffer },
  behaviour: FeedBehaviour = {},
): Promise<FakeFeed> {
  const { content } = about;
  const downloads: number[] = [];
  const [name, version] = [about.name.toLowerCase(), about.version];
  const json = (response: ServerResponse, document: object): void =>
    void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(document));
  const server = createServer((request, response) => {
    const origin = `http://${request.headers.host}`;
    switch (request.url ?? '') {
      case '/index.json':
        return json(response, {
          resources: [
            { '@type': 'PackageBaseAddress/3.0.0', '@id': `${origin}/packages/` },
            { '@type': 'RegistrationsBaseUrl/3.6.0', '@id': `${origin}/registrations/` },
          ],
        });
      case `/registrations/${name}/${version}.json`:
        if (behaviour.hasNoCatalog) break;
        return json(response, { catalogEntry: `${origin}/catalog.json` });
      case '/catalog.json': {
        const hash = createHash('sha512').update(content);
        if (behaviour.hasWrongHash) hash.update('other');
        return json(response, {
          packageHash: hash.digest('base64'),
          packageHashAlgorithm: 'SHA512',
          packageSize: content.length,
        });
      }
      case `/packages/${name}/${version}/${name}.${version}.nupkg`:
        return sendPackage(request, response);
      default:
    }
    response.writeHead(404).end();
  });
  const sendPackage = (request: IncomingMessage, response: ServerResponse): void => {
    const range = behaviour.hasNoRanges ? undefined : /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const start = Number(range ?? 0);
    const part = content.subarray(start);
    response.writeHead(range === undefined ? 200 : 206, { 'Content-Length': part.length });
    if (request.method === 'HEAD') return void response.end();
    downloads.push(start);
    const { cutAfterBytes } = behaviour;
    if (behaviour.stalls) response.write(part.subarray(0, part.length / 2));
    else if (cutAfterBytes === undefined || downloads.length > 1) response.end(part);
    else response.write(part.subarray(0, cutAfterBytes), () => setTimeout(() => response.destroy(), 50));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.json`,
    downloads,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** A zip archive of these files, deflated. */
export function zipOf(files: Readonly<Record<string, Buffer | string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, value] of Object.entries(files)) {
    const content = Buffer.from(value);
    const packed = deflateRawSync(content);
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    parts.push(Buffer.from('PK\x03\x04'), common, nameBytes, packed);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, place, nameBytes);
    offset += 30 + nameBytes.length + packed.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(directoryBytes.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, directoryBytes, Buffer.from('PK\x05\x06'), end]);
}
