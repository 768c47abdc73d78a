/** `whittle serve` in a process of its own, and a client that speaks to it as the page does. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { once } from 'node:events';
import type { WorkbenchClient } from '../../src/workbench/local-client.ts';
import { commandLinePath, type Program, startProgram } from './program.ts';

/** What is printed for the user to open; the token is the second group. */
export const addressPattern = /(http:\/\/(?:127\.0\.0\.1|localhost):\d+)\/\S*[?&]token=([\w-]+)\S*/;

export type ServedWorkbench = { program: Program; address: string; connect: () => Promise<WorkbenchClient> };

export async function serveWorkbench(
  homePath: string,
  environment: Record<string, string> = {},
): Promise<ServedWorkbench> {
  const program = startProgram([commandLinePath, 'serve', '--home', homePath, '--port', '0'], environment);
  const [address, origin, token] = (await program.waitFor(addressPattern)) as unknown as [string, string, string];
  return { program, address, connect: () => connect(origin, token) };
}

async function connect(origin: string, token: string): Promise<WorkbenchClient> {
  const websocket = new WebSocket(`${origin.replace('http', 'ws')}/rpc?token=${token}`);
  await once(websocket, 'open');
  return createORPCClient<WorkbenchClient>(new RPCLink({ websocket }));
}
