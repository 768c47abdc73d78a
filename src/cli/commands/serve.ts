import { installedWebRuntime } from '#workbench/browser/installed-web-runtime.ts';
import { createFileLog } from '#workbench/file-log.ts';
import { createBrowserPrinter } from '#workbench/pdf/print-with-browser.ts';
import type { AddCommand } from '../command-context.ts';
import { homePathOf } from '../open-workbench.ts';
import { parseInteger } from '../parse-values.ts';

const DEFAULT_PORT = 4477;

export const addServe: AddCommand = (program, _run, context) => {
  program
    .command('serve')
    .option(
      '--port <number>',
      'where it listens on this machine; 0 takes any free port',
      (text) => parseInteger(text, { of: 'a port', min: 0, max: 65_535 }),
      DEFAULT_PORT,
    )
    .description('the workbench in a browser, on this machine only, behind a token; ctrl-C ends it')
    .addHelpText('after', '\nExamples:\n  whittle serve\n  whittle serve --port 0')
    .action(async (options: { port: number }, command) => {
      const homePath = homePathOf(command.optsWithGlobals(), context);
      // Only here: other commands need no server.
      const { startServer } = await import('../../server/start-server.ts');
      const server = await startServer({
        homePath,
        port: options.port,
        enginePath: context.paths.enginePath,
        samplesPath: context.paths.samplesPath,
        rendererPath: context.paths.rendererPath,
        versions: context.versions,
        printPdf: createBrowserPrinter(context.env),
        web: installedWebRuntime(context.paths, context.env),
        log: createFileLog(homePath, { program: 'serve' }),
      });
      context.stdout.write(
        `Whittle is at ${server.url}\nThe address is a key to this workbench: do not pass it on. ctrl-C ends it.\n`,
      );
      await new Promise<void>((resolve) => {
        if (context.interrupted.aborted) resolve();
        context.interrupted.addEventListener('abort', () => resolve(), { once: true });
      });
      await server.close();
    });
};
