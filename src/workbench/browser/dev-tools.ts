/**
 * The few words of the Chrome DevTools Protocol that Whittle needs, over the pipe of `--remote-debugging-pipe`: JSON, each message
 * ended by a zero byte. Protocol: https://chromedevtools.github.io/devtools-protocol/
 */
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

type Params = Record<string, unknown>;

export type DevTools = {
  /** @returns null when the browser does not answer any more, or refuses */
  ask: (method: string, params?: Params) => Promise<Params | null>;
  /** Process numbers of the browser's processes of one kind, such as `renderer`. */
  listProcesses: (type: string) => Promise<number[]>;
  close: () => void;
};

const processesSchema = z.object({ processInfo: z.array(z.object({ type: z.string(), id: z.number() })) });

export function openDevTools(
  input: Writable,
  output: Readable,
  onEvent: (event: { method: string; params: Params }) => void,
): DevTools {
  const waiting = new Map<number, (result: Params | null) => void>();
  let count = 0;
  let rest = '';
  const close = (): void => {
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
  };
  const take = (text: string): void => {
    const message = JSON.parse(text) as { id?: number; method?: string; params?: Params; result?: Params };
    if (message.id === undefined) {
      if (message.method !== undefined) onEvent({ method: message.method, params: message.params ?? {} });
      return;
    }
    waiting.get(message.id)?.(message.result ?? null);
    waiting.delete(message.id);
  };
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) take(part);
  });
  // A browser that has just ended: its exit says why.
  input.on('error', close);
  output.on('error', close);
  output.on('close', close);

  const ask: DevTools['ask'] = (method, params = {}) =>
    new Promise((resolve) => {
      if (!input.writable) return resolve(null);
      count += 1;
      waiting.set(count, resolve);
      input.write(`${JSON.stringify({ id: count, method, params })}\0`);
    });
  return {
    ask,
    async listProcesses(type) {
      const answer = processesSchema.safeParse(await ask('SystemInfo.getProcessInfo'));
      return answer.success ? answer.data.processInfo.filter((item) => item.type === type).map(({ id }) => id) : [];
    },
    close,
  };
}
