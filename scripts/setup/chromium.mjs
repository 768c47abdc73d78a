/** Finds the browser of this machine that tests and screenshots drive. */
import { existsSync } from 'node:fs';
import { findProgram } from './paths.mjs';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const files = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {string | null} its path; WHITTLE_CHROMIUM names another */
export function findChromium() {
  const wish = process.env.WHITTLE_CHROMIUM;
  if (wish) return wish;
  for (const name of programs) {
    const path = findProgram(name);
    if (path !== null) return path;
  }
  return files.find((path) => existsSync(path)) ?? null;
}
