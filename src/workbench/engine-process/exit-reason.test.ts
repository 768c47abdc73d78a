import { expect, test } from 'vitest';
import { explainExit } from './exit-reason.ts';

test('the last lines are quoted without the stack trace, and long ones are cut', () => {
  const stderr = [
    'first',
    'second',
    'third',
    `fourth ${'x'.repeat(500)}`,
    '----- Native stack trace -----',
    '1: 0xb1 node::Abort()',
    '    at run (x.js:1)',
    '',
  ];
  const { message } = explainExit({ code: null, signal: 'SIGABRT' }, 'session.load', stderr.join('\n'));
  expect(message).toContain('It last said: second / third / fourth x');
  expect(message).toContain('…');
  expect(message).not.toContain('node::Abort');
  expect(message.length).toBeLessThan(600);
});

test('a crash on Windows is named', () => {
  expect(explainExit({ code: 0xc0000005, signal: null }, 'session.load', '').message).toContain(
    'memory access violation',
  );
});

test('of an uncaught JavaScript error the message is quoted, not what Node prints after it', () => {
  const stderr = [
    'node:internal/modules/cjs/loader:1424',
    '  throw err;',
    "Error: Cannot find module '/engine.js'",
    '    at Module._resolveFilename (node:internal/modules/cjs/loader:1421:15) {',
    "  code: 'MODULE_NOT_FOUND',",
    '}',
    'Node.js v24.21.0',
  ];
  const { message } = explainExit({ code: 1, signal: null }, 'starting', stderr.join('\n'));
  expect(message).toMatch(/It last said: Error: Cannot find module/);
  expect(message).not.toContain('Node.js v24');
});
