/** What a lockfile (version 3) must name besides what npm could fetch. */

/** @typedef {{ version?: string, dev?: boolean, optionalDependencies?: Record<string, string> }} LockedPackage */
/** @typedef {Record<string, LockedPackage>} Packages by path */

/** The last part of the name of a package that holds a binary: operating system, CPU, and what it is linked to. */
const platformName =
  /(?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-(?<abi>\w+))?$/;

/**
 * Optional dependencies that no entry satisfies, as entries to add.
 * @param {Packages} packages
 * @returns {{ path: string, entry: Record<string, unknown> }[]}
 */
export function findMissingPackages(packages) {
  return Object.entries(packages).flatMap(([dependent, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies).flatMap(([name, version]) => {
      const found = resolve(packages, dependent, name);
      // Packages that hold a binary are asked for by their exact version; of ranges, only absence is seen here.
      if (found !== null && (!/^\d/.test(version) || packages[found]?.version === version)) return [];
      const path = found === null ? `node_modules/${name}` : `${dependent}/node_modules/${name}`;
      const { cpu, libc, os } = platformOf(name);
      const entry = { version, cpu, dev, libc, optional: true, os };
      // In JSON, what is undefined is left out.
      return [{ path, entry }];
    }),
  );
}

/**
 * Node's way: the nearest node_modules that holds the name.
 * @param {Packages} packages
 * @param {string} dependent
 * @param {string} name
 */
function resolve(packages, dependent, name) {
  let folder = dependent;
  for (;;) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (path in packages) return path;
    if (folder === '') return null;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1));
  }
}

/** @param {string} name @returns {{ cpu?: string[], libc?: string[], os?: string[] }} */
function platformOf(name) {
  if (name.includes('wasm32')) return { cpu: ['wasm32'] };
  const { os, cpu, abi = '' } = platformName.exec(name)?.groups ?? {};
  if (os === undefined || cpu === undefined)
    throw new Error(`${name} is missing in package-lock.json, and its name tells no platform.`);
  const libc = os === 'linux' && abi !== '' ? [abi.startsWith('musl') ? 'musl' : 'glibc'] : undefined;
  return { cpu: [cpu], ...(libc ? { libc } : {}), os: [os] };
}
