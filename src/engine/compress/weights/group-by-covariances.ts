import type { ModelProto } from '../../onnx/ir.ts';
import { contentByteLength } from '../../onnx/tensor-contents.ts';
import { walkTensors } from '../../onnx/walk-model.ts';
import { covarianceBytes } from './covariance.ts';
import type { WeightUse } from './find-weights.ts';

/** Beyond, the covariance of the inputs alone takes more memory than most models. */
export const MOST_GPTQ_INPUTS = 4096;
/** What covariances may take at a time, beside the weights of the model, which run at that time. */
const COVARIANCE_SHARE = 0.3;
/** Less need not be shared out. */
const FREE_BYTES = 32 * 2 ** 20;

export type CovarianceGroup = {
  uses: WeightUse[];
  /** Of the tensors whose covariances its products need, the number of channels. */
  sizes: Map<string, number>;
};

/** A covariance can take more memory than the weight that it is for, so they are collected for some weights at a time. */
export function groupByCovariances(uses: readonly WeightUse[], model: ModelProto): CovarianceGroup[] {
  const weightBytes = [...walkTensors(model)].reduce((sum, tensor) => sum + contentByteLength(tensor), 0);
  const mostBytes = Math.max(FREE_BYTES, COVARIANCE_SHARE * weightBytes);
  const groups: CovarianceGroup[] = [{ uses: [], sizes: new Map() }];
  let groupBytes = 0;
  // All uses of a weight are rounded together.
  for (const users of Map.groupBy(uses, ({ weight }) => weight).values()) {
    const needed = new Map(users.filter(isMeasured).map(({ node, inputs }) => [node.inputs[0] ?? '', inputs] as const));
    const bytesOf = (sizes: ReadonlyMap<string, number>): number =>
      [...sizes.values()].reduce((sum, size) => sum + covarianceBytes(size), 0);
    let group = groups.at(-1) as CovarianceGroup;
    const missing = (): Map<string, number> => new Map([...needed].filter(([name]) => !group.sizes.has(name)));
    if (groupBytes > 0 && groupBytes + bytesOf(missing()) > mostBytes) {
      group = { uses: [], sizes: new Map() };
      groups.push(group);
      groupBytes = 0;
    }
    groupBytes += bytesOf(missing());
    group.uses.push(...users);
    for (const [name, size] of needed) group.sizes.set(name, size);
  }
  return groups;
}

function isMeasured({ kind, isInMainGraph, inputs }: WeightUse): boolean {
  return kind === 'product' && isInMainGraph && inputs <= MOST_GPTQ_INPUTS;
}
