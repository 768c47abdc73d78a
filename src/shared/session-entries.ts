/** Entries of ONNX Runtime's session configuration that are settings of their own here, and which. */
const ownSettings: Record<string, string> = {
  'session.intra_op.allow_spinning': 'spinning',
  'session.inter_op.allow_spinning': 'spinning',
  'session.x64quantprecision': 'preciseInt8',
  'session.set_denormal_as_zero': 'flushDenormals',
  'session.intra_op_num_threads': 'intraOpThreads',
  'session.inter_op_num_threads': 'interOpThreads',
  'session.graph_optimization_level': 'graphOptimization',
  'session.execution_mode': 'executionMode',
  'session.enable_cpu_mem_arena': 'cpuArena',
  'session.enable_mem_pattern': 'memoryPattern',
};

/** Why a free entry is refused, a sentence: two values for one thing would be recorded. Null where it is not. */
export function refuseEntry(key: string): string | null {
  const setting = ownSettings[key];
  return setting === undefined
    ? null
    : `The session entry “${key}” is the setting “${setting}” here; use that instead, so that only one value is recorded.`;
}
