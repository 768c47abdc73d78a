/** Small answers of the server. */
import type { ServerResponse } from 'node:http';

export function answerJson(response: ServerResponse, status: number, document: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(document));
}

/** A refusal in the form of the contract's errors: `{ kind, message }`. */
export function answerError(response: ServerResponse, status: number, error: { kind: string; message: string }): void {
  answerJson(response, status, error);
}
