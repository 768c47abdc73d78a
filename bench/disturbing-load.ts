/** Stands for other programs: works for 20 to 400 ms, rests for 20 to 800 ms, until it is killed. Ends with its parent. */
import { setTimeout as sleep } from 'node:timers/promises';

process.on('disconnect', () => process.exit(0));

const between = (low: number, high: number): number => low + Math.random() * (high - low);

for (;;) {
  const untilMs = performance.now() + between(20, 400);
  let sum = 0;
  while (performance.now() < untilMs) for (let step = 0; step < 1000; step += 1) sum += Math.sqrt(step);
  if (sum < 0) break;
  await sleep(between(20, 800));
}
