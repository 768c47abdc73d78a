import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where the database, variants and reports live: `WHITTLE_HOME`, else the platform's place for application data.
 */
export function defaultHomePath(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  if (env['WHITTLE_HOME']) return resolve(env['WHITTLE_HOME']);
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  switch (platform) {
    case 'win32':
      return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Whittle');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Whittle');
    default:
      return join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'whittle');
  }
}
