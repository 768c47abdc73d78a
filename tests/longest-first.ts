import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, in the order of their times on two cores. A wrong order costs time and nothing else. */
const LONGEST = [
  'compress',
  'web-engine',
  'faults',
  'window',
  'workbench-experiments',
  'workbench-real',
  'scenarios',
  'workbench-processes',
  'reproduce',
  'engine-session',
  'engine-quality',
  'providers',
  'workbench-results',
];

/** Begins with the files that take longest, so that none is left to run alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.indexOf(basename(moduleId, '.test.ts'));
      return index === -1 ? LONGEST.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
