/** The document around the worker: starts it, and tells the workbench when it cannot go on. */
import { webEngineRoutes } from '#shared/web-engine-protocol.ts';

/** Whatever the page asks for lies below its own address, which holds the token. */
const base = location.pathname;

const fail = (text: string): void => void fetch(base + webEngineRoutes.failure, { method: 'POST', body: text });

const worker = new Worker('/web-engine-worker.js', { type: 'module', name: base });
worker.addEventListener('error', (event: Event) => {
  // An event without a message is a script that could not be loaded.
  fail('message' in event ? String(event.message) : 'The program of the worker could not be loaded.');
});
