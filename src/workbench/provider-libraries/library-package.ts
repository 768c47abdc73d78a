/**
 * What onnxruntime-node's installer would download beside the package: ONNX Runtime's libraries for CUDA and TensorRT. Which package,
 * of which version, and which files of it, its own metadata says.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

export type LibraryPackage = {
  /** On the feed, e.g. `Microsoft.ML.OnnxRuntime.Gpu.Linux`. */
  name: string;
  /** Of the package, and of the onnxruntime-node that it belongs to: libraries of another one crash it. */
  version: string;
  feedUrl: string;
  /** Paths in the package. */
  files: string[];
  /** The folder with ONNX Runtime's own library, beside which it looks for others. */
  runtimePath: string;
};

const metadataSchema = z.object({
  requirements: z.record(z.string(), z.array(z.string())),
  manifests: z.record(z.string(), z.record(z.string(), z.object({ package: z.string(), path: z.string() }))),
  packages: z.record(
    z.string(),
    z.object({ name: z.string(), versions: z.array(z.object({ feed: z.string(), version: z.string() })) }),
  ),
  feeds: z.record(z.string(), z.object({ type: z.string(), index: z.url() })),
});

/**
 * @param options.platform e.g. `linux/x64`
 * @param options.feedUrl a mirror of the feed, for networks that do not reach it
 * @returns null where the installer has nothing for the platform, or cannot be read
 */
export function findLibraryPackage(options: {
  enginePath: string;
  platform: string;
  feedUrl: string | undefined;
}): LibraryPackage | null {
  const { platform } = options;
  try {
    const require = createRequire(options.enginePath);
    const packagePath = join(dirname(require.resolve('onnxruntime-node')), '..');
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(packagePath, 'package.json'), 'utf8')));
    const metadata = metadataSchema.parse(require(join(packagePath, 'script', 'install-metadata.js')));
    const [manifestName] = metadata.requirements[platform] ?? [];
    const manifest = Object.values(metadata.manifests[`${platform}:${manifestName}`] ?? {});
    const found = metadata.packages[manifest[0]?.package ?? ''];
    const source = found?.versions.find((entry) => entry.version === version);
    const feed = source && metadata.feeds[source.feed];
    if (found === undefined || feed?.type !== 'nuget') return null;
    const runtimePath = join(packagePath, 'bin', 'napi-v6', platform);
    if (!existsSync(runtimePath)) return null;
    return {
      name: found.name,
      version,
      feedUrl: options.feedUrl ?? feed.index,
      files: manifest.map(({ path }) => path),
      runtimePath,
    };
  } catch {
    // Another layout of another version: then it is not offered.
    return null;
  }
}
