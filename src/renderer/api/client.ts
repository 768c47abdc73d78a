/** The one client of the contract, and its query options for TanStack Query. */
import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { Contract } from '#shared/contract/contract.ts';
import { takeAccessToken } from './access-token.ts';
import { createConnection } from './connection.ts';
import { findDesktopBridge } from './desktop-bridge.ts';
import { createPortTransport } from './port-transport.ts';
import { createSocketTransport } from './socket-transport.ts';

export type Client = ContractRouterClient<Contract>;

const bridge = findDesktopBridge(window);

/** Null in the Whittle window, which needs none. */
export const accessToken = bridge === null ? takeAccessToken({ location, storage: sessionStorage, history }) : null;

export const connection = createConnection(
  bridge === null
    ? createSocketTransport({ origin: location.origin, token: accessToken })
    : createPortTransport(window),
);

export const client: Client = createORPCClient(connection.link);

/** `useQuery(orpc.models.list.queryOptions())`; what `application.changes` names is read again by itself. */
export const orpc = createTanstackQueryUtils(client);
