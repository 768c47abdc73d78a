/** A whole search for the highest rate in a time of its own, against instances whose run times are drawn: its truth is known. */
import {
  deriveServer,
  type ServerPlan,
  type ServerResult,
  serverPlanSchema,
} from '../../src/shared/scenarios/server.ts';
import { server } from '../../src/workbench/experiments/scenarios/server.ts';
import { serveVirtually } from './fake-instances.ts';
import { fakeScenarioContext } from './scenario-context.ts';

export async function searchVirtually(
  plan: Partial<ServerPlan>,
  about: { serviceMs: () => number; medianMs: number; seed: number },
): Promise<{ result: ServerResult; spentMs: number }> {
  const { serviceMs, ...changes } = about;
  const parsed = serverPlanSchema.parse({ kind: 'server', ...plan });
  const { context, blocks } = fakeScenarioContext(
    (method, params) =>
      method === 'instances.serve' ? serveVirtually(params, { serviceMs, instanceCount: parsed.instanceCount }) : {},
    changes,
  );
  await server.measure(parsed, context);
  const result = deriveServer(
    parsed,
    blocks.filter((block) => block.kind === 'server'),
    { batchSize: 1 },
  );
  if (result === null) throw new Error('There was no probe.');
  return { result, spentMs: result.probes.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) };
}
