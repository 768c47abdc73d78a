/** An installed Chrome, Chromium or Edge. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const programNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** @returns the path of a browser, or null; WHITTLE_CHROMIUM names another */
export function findBrowser(env: Readonly<Record<string, string | undefined>>): string | null {
  const wish = env['WHITTLE_CHROMIUM'];
  if (wish) return wish;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const windows = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].flatMap((folder) =>
    folder === undefined
      ? []
      : ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].map((file) =>
          join(folder, file),
        ),
  );
  const candidates = [
    ...folders.flatMap((folder) => programNames.map((name) => join(folder, name))),
    ...applications,
    ...windows,
  ];
  return candidates.find((path) => existsSync(path)) ?? null;
}
