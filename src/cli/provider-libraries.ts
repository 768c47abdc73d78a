/** `whittle devices --get cuda` and `--remove cuda`: says what it is about to fetch, and fetches it when told to. */
import type { z } from 'zod';
import { librariesDocumentSchema } from '#shared/documents.ts';
import { formatBytes } from '#shared/format.ts';
import type { LibraryDownload, LibraryState } from '#shared/provider.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import type { CommandContext } from './command-context.ts';
import { followJob } from './follow-job.ts';
import { printJson } from './print-json.ts';
import { createProgress } from './progress.ts';

type About = { client: WorkbenchClient; context: CommandContext; isJson: boolean };

/** @param options.isAgreed without it nothing but the size is fetched. Errors: `unsupported`, `input-output`; the job's own. */
export async function getLibraries(about: About, options: { isAgreed: boolean }): Promise<void> {
  const { client, context } = about;
  const before = await client.devices.libraries();
  if (before.status === 'installed') return print(about, before, null, installedText(before));
  const progress = createProgress(context.stderr);
  progress.report(null, 'Asking how large the download is');
  const download = await client.devices.libraryDownload().finally(() => progress.clear());
  if (!options.isAgreed) {
    const text = `${downloadText(download)}Nothing was fetched. With --yes it is: whittle devices --get cuda --yes\n`;
    return print(about, before, download, text);
  }
  context.stderr.write(downloadText(download));
  const { jobId } = await client.devices.getLibraries();
  const kept = 'What has come is kept: the next try goes on from there.';
  await followJob(client, jobId, { progress, interrupted: context.interrupted, kept });
  const [lastLine] = (await client.jobs.log({ id: jobId })).slice(-1);
  const after = await client.devices.libraries();
  print(about, after, null, `${lastLine === undefined ? '' : `${lastLine.text}\n`}${installedText(after)}`);
}

export async function removeLibraries(about: About): Promise<void> {
  const after = await about.client.devices.removeLibraries();
  print(about, after, null, 'The CUDA libraries that Whittle had fetched are gone.\n');
}

function print(
  { context, isJson }: About,
  libraries: LibraryState,
  download: LibraryDownload | null,
  text: string,
): void {
  if (!isJson) {
    context.stdout.write(text);
    return;
  }
  const document: z.infer<typeof librariesDocumentSchema> = { schema: 1, libraries, download };
  printJson(context.stdout, librariesDocumentSchema, document);
}

function installedText({ version, sizeBytes, folder }: LibraryState): string {
  return `The CUDA libraries of ONNX Runtime ${version} are installed: ${formatBytes(sizeBytes)} in ${folder}. “whittle devices --refresh” tries them.\n`;
}

function downloadText({ name, version, host, sizeBytes, hasHash, files }: LibraryDownload): string {
  const check = hasHash ? 'It is held against the SHA-512 that the feed names.' : 'The feed names no hash for it.';
  return `${name} ${version} from ${host}: ${formatBytes(sizeBytes)}, for ${files.join(', ')}. ${check}\nCUDA 12, cuDNN 9 and, for TensorRT, NVIDIA’s TensorRT have to be installed besides: they are not in it.\n`;
}
