/** Where a package lies on a NuGet feed, how large it is, and its hash. Protocol: https://learn.microsoft.com/nuget/api/overview */
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';

export type FeedEntry = {
  url: string;
  sizeBytes: number;
  /** Of the whole file, in Base64, as the feed's catalog names it; null where it names none. */
  sha512: string | null;
};

const indexSchema = z.object({ resources: z.array(z.object({ '@type': z.string(), '@id': z.url() })) });
const leafSchema = z.object({ catalogEntry: z.url().optional() });
const catalogSchema = z.object({
  packageHash: z.string(),
  packageHashAlgorithm: z.string(),
  packageSize: z.number().optional(),
});

const ANSWER_LIMIT_MS = 30_000;

/** Errors: `input-output` where the feed does not answer or does not have it, with its address. */
export async function findOnFeed(
  about: { name: string; version: string; feedUrl: string },
  signal?: AbortSignal,
): Promise<FeedEntry> {
  const { feedUrl } = about;
  const [name, version] = [about.name.toLowerCase(), about.version.toLowerCase()];
  const { resources } = await askJson(feedUrl, indexSchema, signal);
  const baseOf = (type: string): string | undefined =>
    resources.find((resource) => resource['@type'] === type)?.['@id'].replace(/\/?$/, '/');
  const packages = baseOf('PackageBaseAddress/3.0.0');
  if (packages === undefined) throw new AppError('input-output', `${feedUrl} is not a feed of NuGet packages.`);
  const url = `${packages}${name}/${version}/${name}.${version}.nupkg`;
  const registrations = baseOf('RegistrationsBaseUrl/3.6.0') ?? baseOf('RegistrationsBaseUrl');
  const catalog =
    registrations === undefined ? null : await readCatalog(`${registrations}${name}/${version}.json`, signal);
  return {
    url,
    sizeBytes: catalog?.packageSize ?? (await askSize(url, signal)),
    sha512: catalog?.packageHashAlgorithm === 'SHA512' ? catalog.packageHash : null,
  };
}

/** Mirrors often have no catalog: then there is no hash to check. */
async function readCatalog(url: string, signal?: AbortSignal): Promise<z.infer<typeof catalogSchema> | null> {
  try {
    const { catalogEntry } = await askJson(url, leafSchema, signal);
    return catalogEntry === undefined ? null : await askJson(catalogEntry, catalogSchema, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AppError) return null;
    throw error;
  }
}

async function askSize(url: string, signal?: AbortSignal): Promise<number> {
  const response = await ask(url, { method: 'HEAD' }, signal);
  const size = Number(response.headers.get('content-length'));
  if (size > 0) return size;
  throw new AppError('input-output', `${url} does not say how large it is.`);
}

async function askJson<Schema extends z.ZodType>(url: string, schema: Schema, signal?: AbortSignal) {
  const response = await ask(url, {}, signal);
  const answer = schema.safeParse(await response.json().catch(() => null));
  if (answer.success) return answer.data;
  throw new AppError('input-output', `${url} does not answer as a feed of NuGet packages does.`);
}

async function ask(url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  try {
    const response = await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, limit]) : limit });
    if (response.ok) return response;
    throw new AppError('input-output', `${url} answers ${response.status} ${response.statusText}.`.replace(' .', '.'));
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof AppError ? error : unreachable(url, error);
  }
}

/** `fetch failed` says nothing; its cause does. */
export function unreachable(url: string, error: unknown): AppError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : String(cause);
  return new AppError(
    'input-output',
    `${new URL(url).host} cannot be reached (${reason}). Whittle needs the network for this download only; behind a proxy set HTTPS_PROXY, or name a mirror of the feed with WHITTLE_NUGET_FEED.`,
    { cause: error },
  );
}
