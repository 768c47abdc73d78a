/** The same workbench as the window's, in this process; both may be open at once. */
import { resolve } from 'node:path';
import { installedWebRuntime } from '#workbench/browser/installed-web-runtime.ts';
import { createWorkbench } from '#workbench/create-workbench.ts';
import { createFileLog } from '#workbench/file-log.ts';
import { defaultHomePath } from '#workbench/home-path.ts';
import { createLocalClient, type WorkbenchClient } from '#workbench/local-client.ts';
import { createBrowserPrinter } from '#workbench/pdf/print-with-browser.ts';
import type { CommandContext, CommonOptions } from './command-context.ts';

export function homePathOf(options: CommonOptions, context: Pick<CommandContext, 'env'>): string {
  return options.home === undefined ? defaultHomePath(context.env, process.platform) : resolve(options.home);
}

export async function openWorkbench(
  options: CommonOptions,
  context: CommandContext,
): Promise<{ client: WorkbenchClient; close: () => Promise<void> }> {
  const homePath = homePathOf(options, context);
  const workbench = await createWorkbench({
    homePath,
    enginePath: context.paths.enginePath,
    samplesPath: context.paths.samplesPath,
    versions: context.versions,
    printPdf: createBrowserPrinter(context.env),
    web: installedWebRuntime(context.paths, context.env),
    log: createFileLog(homePath, { program: 'cli' }),
  });
  return { client: createLocalClient(workbench), close: () => workbench.close() };
}
