import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import type { Contract } from '#shared/contract/contract.ts';
import type { Workbench } from './create-workbench.ts';

export type WorkbenchClient = ContractRouterClient<Contract>;

/** The contract's client for whoever lives in the same process as the workbench. */
export function createLocalClient(workbench: Pick<Workbench, 'router'>): WorkbenchClient {
  return createRouterClient(workbench.router);
}
