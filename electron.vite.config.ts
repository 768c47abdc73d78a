/** Builds every process: the Electron shell, the plain Node programs beside it, the preload script and the page. */
import react, { reactCompilerPreset } from '@vitejs/plugin-react';
import babel from '@rolldown/plugin-babel';
import { defineConfig } from 'electron-vite';
import { resolve } from 'node:path';

/** Views have addresses of their own (`/library/…`), from which the page must find its files too; electron-vite sets `./`. */
const absoluteBase = { name: 'absolute-base', enforce: 'post' as const, config: () => ({ base: '/' }) };

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      sourcemap: true,
      rollupOptions: {
        input: {
          index: 'src/main/index.ts',
          workbench: 'src/workbench/entry.ts',
          engine: 'src/engine/entry.ts',
          cli: 'src/cli/main.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { index: 'src/preload/index.ts' },
        // A sandboxed preload script cannot be an ES module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    // As tsconfig.web.json has it.
    resolve: { alias: { '#jsx': resolve('src/renderer/jsx') } },
    build: {
      outDir: 'out/renderer',
      minify: true,
      // One page that is loaded from this machine; nothing is gained by parts.
      chunkSizeWarningLimit: 2000,
      rollupOptions: {
        input: {
          index: resolve('src/renderer/index.html'),
          // The engine of onnxruntime-web, for pages that measure.
          'web-engine-page': resolve('src/engine/web/page.ts'),
          'web-engine-worker': resolve('src/engine/web/worker.ts'),
        },
        output: {
          entryFileNames: ({ name }) => (name.startsWith('web-engine-') ? '[name].js' : 'assets/[name]-[hash].js'),
        },
      },
    },
    plugins: [react({ jsxImportSource: '#jsx' }), babel({ presets: [reactCompilerPreset()] }), absoluteBase],
  },
});
