/** Every scenario; adding one is a file and a line. */
import type { Scenarios } from './scenario-context.ts';
import { multiStream } from './multi-stream.ts';
import { offline } from './offline.ts';
import { server } from './server.ts';
import { singleStream } from './single-stream.ts';

export const scenarios: Scenarios = {
  'single-stream': singleStream,
  'multi-stream': multiStream,
  offline,
  server,
};
