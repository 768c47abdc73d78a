import { entryOf } from '../entry-of.ts';
import { operatorVersions } from './operator-versions.ts';
import { NEWEST_OPSET, OLDEST_OPSET } from './raise-opset.ts';

/** Whether an operator of the standard domain is in both opsets and computes the same there. False where that is not known. */
export function meansTheSame(opType: string, opset: number, other: number): boolean {
  if (opset === other) return true;
  const [older, newer] = [Math.min(opset, other), Math.max(opset, other)];
  const versions = entryOf(operatorVersions, opType)?.split(' ');
  if (versions === undefined || older < OLDEST_OPSET || newer > NEWEST_OPSET) return false;
  return versions.every((version, position) => {
    const since = Number.parseInt(version, 10);
    return position === 0 ? since <= older : !version.endsWith('*') || since <= older || since > newer;
  });
}
