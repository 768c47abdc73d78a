/**
 * GPUs in software, for tests on machines that have none: WHITTLE_WEB_SOFTWARE_GPU=1. WebGPU and WebGL are then SwiftShader, which
 * Chromium carries: real providers that compute on the CPU, slowly, and say so in the warnings of their runs.
 */
export function wantsSoftwareGpu(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['WHITTLE_WEB_SOFTWARE_GPU'] === '1';
}

/** Chromium's switches for it: name, and value or null. */
export const softwareGpuSwitches: readonly (readonly [string, string | null])[] = [
  ['enable-unsafe-webgpu', null],
  ['use-webgpu-adapter', 'swiftshader'],
  ['enable-unsafe-swiftshader', null],
];
