import { expect, test } from 'vitest';
import { storageOf } from '../../../../../tests/fakes/fake-storage.ts';
import { keepDraft, type KeptDraft, keptDraft } from './kept-drafts.ts';

const step = {
  key: 'a',
  pass: 'quantize-static',
  settings: { operators: ['Conv'], percentile: null, search: { steps: 8 } },
};
const kept: KeptDraft = { draft: { name: 'mine', steps: [step] }, isUsed: false };
test('a draft is kept for its model alone, with all its settings, the newest as it is', () => {
  const storage = storageOf();
  keepDraft(storage, 'resnet', kept);
  keepDraft(storage, 'vit', { ...kept, isUsed: true });
  expect(keptDraft(storage, 'resnet')).toEqual(kept);
  keepDraft(storage, 'resnet', { draft: { name: '', steps: [step, step] }, isUsed: false });
  expect(keptDraft(storage, 'resnet')?.draft).toEqual({ name: '', steps: [step, step] });
  expect(keptDraft(storage, 'vit')?.isUsed).toBe(true);
});

test('a draft without a pass is none, since there is nothing to lose', () => {
  const storage = storageOf();
  keepDraft(storage, 'resnet', kept);
  keepDraft(storage, 'resnet', { draft: { name: 'a name', steps: [] }, isUsed: false });
  expect(keptDraft(storage, 'resnet')).toBeNull();
});
