import { expect, test } from 'vitest';
import { createProgress } from './progress.ts';

function record(options: { isTerminal: boolean; columns?: number }) {
  let text = '';
  let nowMs = 0;
  const progress = createProgress(
    { write: (part) => void (text += part), isTerminal: options.isTerminal, columns: () => options.columns ?? 80 },
    () => nowMs,
  );
  return { progress, text: () => text, wait: (ms: number) => void (nowMs += ms) };
}

test('on a terminal a bar is drawn over, never wider than the window, and a line above it stays', () => {
  const { progress, text } = record({ isTerminal: true, columns: 60 });
  progress.report(0.5, 'Measuring a model whose name does not fit into this narrow window at all');
  const line = text().split('\u001B[2K').at(-1) ?? '';
  expect(line).toMatch(/^█{12}░{12} {2}50 %  Measuring .*…$/);
  expect(line.length).toBeLessThan(60);
  progress.say('A line');
  expect(text().endsWith('\r\u001B[2KA line\n')).toBe(true);
});

test('elsewhere lines are printed: what is new soon, what only counts on now and then', () => {
  const { progress, text, wait } = record({ isTerminal: false });
  progress.report(null, 'Loading');
  wait(1000);
  progress.report(0.1, 'Round 1 of 9');
  wait(1000);
  progress.report(0.2, 'Round 2 of 9');
  wait(4000);
  progress.report(0.6, 'Round 6 of 9');
  progress.clear();
  expect(text()).toBe('Loading\n10 % Round 1 of 9\n60 % Round 6 of 9\n');
});
