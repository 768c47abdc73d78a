import { expect, test } from 'vitest';
import { keepDraft, type KeptDraft, keptDraft } from './kept-drafts.ts';

const step = {
  key: 'a',
  pass: 'quantize-static',
  settings: { operators: ['Conv'], percentile: null, search: { steps: 8 } },
};
const kept: KeptDraft = { draft: { name: 'mine', steps: [step] }, isUsed: false };
const storageOf = (text: string | null = null) => {
  let stored = text;
  return {
    getItem: () => stored,
    setItem: (_key: string, value: string) => {
      stored = value;
    },
  };
};

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

test('of very many the oldest are forgotten', () => {
  const storage = storageOf();
  for (let index = 0; index < 60; index += 1) keepDraft(storage, String(index), kept);
  expect(keptDraft(storage, '9')).toBeNull();
  expect(keptDraft(storage, '10')).toEqual(kept);
});

test.each(['{', '[["resnet", {"draft": 3}]]', '3'])('what cannot be read is none: %s', (text) => {
  const storage = storageOf(text);
  expect(keptDraft(storage, 'resnet')).toBeNull();
  keepDraft(storage, 'resnet', kept);
  expect(keptDraft(storage, 'resnet')).toEqual(kept);
});
