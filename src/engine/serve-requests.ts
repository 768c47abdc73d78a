/** Answers the workbench's requests, one at a time. The channel is passed in. */
import { type ErrorData, toErrorData } from '#shared/app-error.ts';
import type { EngineProgress, EngineReply } from '#shared/engine-protocol.ts';

/** Methods by name; what each takes and answers is typed where they are written. */
type Handlers = Partial<
  Record<string, (params: never, onProgress: (progress: EngineProgress) => void) => Promise<unknown>>
>;

type AnyRequest = { id: number; method: string; params: unknown };

export type RequestServer = {
  handle: (request: AnyRequest) => Promise<void>;
  /** Ends the request being worked on, if there is one, with this error; calls back when the reply has left. */
  abandon: (error: unknown, done: () => void) => void;
};

export function createRequestServer(options: {
  methods: Handlers;
  /** Calls back when the reply has left. */
  send: (reply: EngineReply, done?: () => void) => void;
  /** Where the details of a bug go. */
  report: (text: string) => void;
}): RequestServer {
  const { methods, send, report } = options;
  let current: { id: number; method: string } | null = null;

  const describe = (error: unknown, method: string): ErrorData => {
    const data = toErrorData(error);
    if (data.kind !== 'internal') return data;
    report(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { kind: 'internal', message: `Whittle failed in ${method}: ${firstSentence(error)}` };
  };

  const answer = async (id: number, method: string, params: unknown): Promise<void> => {
    try {
      const handler = methods[method];
      if (handler === undefined) throw new Error('This engine does not know the method.');
      const result = await handler(params as never, (progress) => send({ kind: 'progress', id, progress }));
      if (current?.id === id) send({ kind: 'result', id, result } as EngineReply);
    } catch (error) {
      if (current?.id === id) send({ kind: 'error', id, error: describe(error, method) });
    } finally {
      if (current?.id === id) current = null;
    }
  };

  return {
    async handle({ id, method, params }) {
      if (current !== null) {
        const message = `The engine process was asked for ${method} while it works on ${current.method}.`;
        send({ kind: 'error', id, error: { kind: 'internal', message } });
        return;
      }
      current = { id, method };
      await answer(id, method, params);
    },
    abandon(error, done) {
      if (current === null) {
        done();
        return;
      }
      const { id, method } = current;
      current = null;
      send({ kind: 'error', id, error: describe(error, method) }, done);
    },
  };
}

/** The first line of an unexpected error, as a sentence. */
function firstSentence(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const text = line.trim() === '' ? 'it gave no reason' : line.trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
