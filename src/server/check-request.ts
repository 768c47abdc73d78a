/** Who may speak to the server: this machine's user, who has the token, from the page that the server itself served. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Refusal = { status: 401 | 403; message: string };

/**
 * A page of another site can make a browser send requests to a loopback address. It cannot choose `Origin`, and a name that
 * it lets point to this machine (DNS rebinding) shows in `Host`.
 */
export function findForeignness(request: IncomingMessage, port: number): Refusal | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = request.headers;
  if (host === undefined || !hosts.includes(host)) {
    return {
      status: 403,
      message: `Whittle answers requests to ${hosts.join(' or ')} only, not to ${host ?? 'no host'}.`,
    };
  }
  if (origin !== undefined && !hosts.some((name) => origin === `http://${name}`)) {
    return { status: 403, message: `Whittle takes no requests from pages of ${origin}.` };
  }
  return null;
}

/** The token stands in the query (pages and WebSockets can send nothing else) or in `Authorization: Bearer`. */
export function findMissingToken(request: IncomingMessage, url: URL, token: string): Refusal | null {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const given = bearer ?? url.searchParams.get('token');
  if (given !== null && given !== undefined && isEqual(given, token)) return null;
  return { status: 401, message: 'The token is missing or wrong. Open the address that “whittle serve” printed.' };
}

/** In a time that does not depend on where the two differ. */
function isEqual(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
