/** The addon in C++ (onnxruntime-session.cc), which the build compiles where there is a compiler. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { TimedRuns, TimingRequest } from '../interfaces/timed-session.ts';
import { nativeFolder } from '../providers/native-libraries.ts';

/** Of onnxruntime_c_api.h: numbers of enumerations, and what is absent there is 0. */
export type SessionSettings = {
  graphOptimization: number;
  executionMode: number;
  intraOpThreads: number;
  interOpThreads: number;
  cpuArena: boolean;
  memoryPattern: boolean;
  config: Readonly<Record<string, string>>;
};

/** `type` by ONNXTensorElementDataType, `shape` with names for open dimensions; both absent of what is no tensor. */
export type ValueInfo = { name: string; type?: number; shape?: (number | string)[] };

/** `bytes` in row-major order; `shape` in elements. */
export type RawTensor = { name: string; type: number; shape: readonly number[]; bytes: Uint8Array };

/** A session; the memory is given back by `release`, or when it is collected. */
declare const handleMark: unique symbol;
export type SessionHandle = { readonly [handleMark]: never };

/** All of it works on the thread that calls. Errors: plain ones with ONNX Runtime's own message. */
export type Addon = {
  /** @returns the version of ONNX Runtime; the library stays loaded */
  loadLibrary: (libraryPath: string) => string;
  createSession: (
    libraryPath: string,
    modelPath: string,
    settings: SessionSettings,
  ) => { handle: SessionHandle; inputs: ValueInfo[]; outputs: ValueInfo[] };
  /** What all runs from now on get: views on the arrays, in place of those before. */
  bind: (handle: SessionHandle, tensors: readonly RawTensor[]) => void;
  /** Untimed runs, then timed ones until both are reached, the number and the time; none begins after `limitMs`. One is made at least. */
  timeRuns: (handle: SessionHandle, request: Required<TimingRequest>) => TimedRuns & { elapsedMs: number };
  /** Of one run: copies of those outputs that are tensors of numbers. */
  readOutputs: (handle: SessionHandle) => RawTensor[];
  release: (handle: SessionHandle) => void;
};

/** Beside the built programs; from the sources as well. The name is that of scripts/setup/native.mjs. */
export function addonPathOf(programPath: string): string {
  return join(dirname(programPath), '../../out/native/onnxruntime-session.node');
}

const WAY_OUT =
  'Runs are timed through onnxruntime-node instead, which adds some hundredths of a millisecond to each. For the C interface, install a C++ compiler (Debian: apt install g++) and build Whittle again.';

/** @returns the addon and the library that it calls, or why there is none, in sentences */
export function loadAddon(programPath: string): { addon: Addon; libraryPath: string } | { obstacle: string } {
  const path = addonPathOf(programPath);
  if (!existsSync(path)) return { obstacle: `Whittle was built without its C interface. ${WAY_OUT}` };
  const libraryPath = findLibrary();
  if (libraryPath === null) return { obstacle: `The library of ONNX Runtime was not found. ${WAY_OUT}` };
  try {
    const addon = createRequire(path)(path) as Addon;
    addon.loadLibrary(libraryPath);
    return { addon, libraryPath };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { obstacle: `Whittle’s C interface cannot be loaded: ${reason.trim().replace(/\.$/, '')}. ${WAY_OUT}` };
  }
}

function findLibrary(): string | null {
  const folder = nativeFolder();
  if (folder === null) return null;
  const name = readdirSync(folder).find((file) => /^libonnxruntime\.(so|\d.*dylib$|dylib$)/.test(file));
  return name === undefined ? null : join(folder, name);
}
