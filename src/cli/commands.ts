/** Every command of `whittle`, in the order of the help. */
import type { AddCommand } from './command-context.ts';
import { addBench } from './commands/bench.ts';
import { addCompress } from './commands/compress.ts';
import { addDemo } from './commands/demo.ts';
import { addDevices } from './commands/devices.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addInspect } from './commands/inspect.ts';
import { addRecipes } from './commands/recipes.ts';
import { addReport } from './commands/report.ts';
import { addRuns } from './commands/runs.ts';
import { addServe } from './commands/serve.ts';

export const commands: readonly AddCommand[] = [
  addDevices,
  addInspect,
  addCompress,
  addRecipes,
  addBench,
  addEvaluate,
  addRuns,
  addReport,
  addServe,
  addDemo,
];
