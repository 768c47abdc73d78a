/**
 * Completes package-lock.json after `npm install` in a network whose registry lacks packages for other platforms: npm then
 * leaves them out, and `npm ci` refuses the file everywhere. Names, versions and platforms follow from the packages that
 * ask for them; the hash of a package that cannot be reached stays open.
 */
import './setup/require-node.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMissingPackages } from './setup/lockfile.mjs';
import { rootPath } from './setup/paths.mjs';

const path = join(rootPath, 'package-lock.json');
const lockfile = JSON.parse(readFileSync(path, 'utf8'));
const missing = findMissingPackages(lockfile.packages);
for (const { path: packagePath, entry } of missing) lockfile.packages[packagePath] = entry;
// The order of npm, so that its next change shows a small difference.
const sorted = Object.entries(lockfile.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
lockfile.packages = Object.fromEntries(sorted);
writeFileSync(path, `${JSON.stringify(lockfile, null, 2)}\n`);
console.log(`${missing.length} packages for other platforms were added to package-lock.json.`);
