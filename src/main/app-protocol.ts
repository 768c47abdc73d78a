/** `app://whittle/`: the page's own origin, with the headers of a secure and cross-origin isolated page. */
import { net, protocol } from 'electron';
import { existsSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pageHeaders } from '#shared/page-headers.ts';

const SCHEME = 'app';
export const PAGE_ORIGIN = `${SCHEME}://whittle`;

/** Has to be called before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
}

export function serveApp(rendererPath: string): void {
  protocol.handle(SCHEME, async (request) => {
    const { host, pathname } = new URL(request.url);
    const path = normalize(join(rendererPath, decodeURIComponent(pathname)));
    const isInside = path === rendererPath || path.startsWith(rendererPath + sep);
    if (`${SCHEME}://${host}` !== PAGE_ORIGIN || !isInside) return new Response('Not found', { status: 404 });
    // Addresses of views are no files: the page itself knows them.
    const isFile = pathname !== '/' && existsSync(path);
    if (!isFile && /\.\w+$/.test(pathname)) return new Response('Not found', { status: 404 });
    const file = await net.fetch(pathToFileURL(isFile ? path : join(rendererPath, 'index.html')).href);
    const headers = new Headers(file.headers);
    for (const [name, value] of Object.entries(pageHeaders)) headers.set(name, value);
    return new Response(file.body, { status: file.status, headers });
  });
}
