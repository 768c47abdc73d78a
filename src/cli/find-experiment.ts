/** What ID means: an experiment or a run, whole or by its first digits. */
import { AppError } from '#shared/app-error.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';

const SHORTEST = 4;

/** @returns the ids of experiments, each once. Errors: `wrong-usage` for an id that is unknown or not unique. */
export async function findExperimentIds(client: WorkbenchClient, ids: readonly string[]): Promise<string[]> {
  const experiments = await client.experiments.list();
  const found: string[] = [];
  for (const text of ids) {
    const matches = text.length < SHORTEST ? [] : experiments.filter(({ id }) => id.startsWith(text.toLowerCase()));
    const [first] = matches;
    if (matches.length === 1 && first) found.push(first.id);
    else if (matches.length > 1) {
      throw new AppError(
        'wrong-usage',
        `“${text}” begins the id of ${matches.length} experiments; give more of its digits.`,
      );
    } else found.push(await experimentOfRun(client, text));
  }
  return [...new Set(found)];
}

async function experimentOfRun(client: WorkbenchClient, id: string): Promise<string> {
  try {
    return (await client.runs.get({ id })).experimentId;
  } catch (error) {
    throw new AppError('wrong-usage', `There is no experiment or run “${id}”. “whittle runs” lists them.`, {
      cause: error,
    });
  }
}
