import type { Environment } from '../experiment.ts';

/** `, onnxruntime-web 1.30.0 in Chromium 150.0.7871.100`; empty where nothing ran in a browser. */
export function webSoftwareText({ web }: Pick<Environment, 'web'>): string {
  if (web === undefined) return '';
  return `, onnxruntime-web ${web.onnxruntimeWebVersion} in ${web.browser ?? 'a browser of unknown version'}`;
}
