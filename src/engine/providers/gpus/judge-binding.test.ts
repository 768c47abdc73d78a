import { describe, expect, test } from 'vitest';
import { judgeBinding } from './judge-binding.ts';
import { type GpuObservation, parseComputeApps, parseUsedMemory, sumDrmClients } from './observe-gpus.ts';

const gpu = (name: string, id: string) => ({ name, vendor: 'NVIDIA', memoryBytes: null, driver: null, id });
const candidates = [gpu('RTX A2000', '0000:01:00.0'), gpu('RTX 4090', '0000:41:00.0')];
const nothing: GpuObservation = { contexts: [], usedMebibytes: new Map(), drmKibibytes: new Map() };

describe('what is observed', () => {
  test('contexts are those of the process alone', () => {
    const text =
      '4242, 00000000:41:00.0\n17, 00000000:01:00.0\n4242, 00000000:41:00.0\n[Not Found], 00000000:01:00.0\n';
    expect(parseComputeApps(text, 4242)).toEqual(['0000:41:00.0']);
  });

  test('memory is read for each GPU, and what is not known is left out', () => {
    expect(parseUsedMemory('00000000:01:00.0, 12\n00000000:41:00.0, [N/A]\n')).toEqual(new Map([['0000:01:00.0', 12]]));
  });

  test('a client of the kernel’s drivers counts once, however often it is open', () => {
    const client =
      'pos:\t0\ndrm-driver:\tamdgpu\ndrm-client-id:\t7\ndrm-pdev:\t0000:03:00.0\ndrm-memory-vram:\t4096 KiB\ndrm-memory-gtt:\t1 MiB\n';
    const other = client.replace('0000:03:00.0', '0000:0b:00.0').replace('4096 KiB', '0').replace('1 MiB', '0');
    expect(sumDrmClients([client, client, other, 'pos:\t0\n'])).toEqual(
      new Map([
        ['0000:03:00.0', 5120],
        ['0000:0b:00.0', 0],
      ]),
    );
  });
});

describe('a binding is', () => {
  test('proven by the context of the process, also against the documented order', () => {
    const binding = judgeBinding({
      deviceId: 0,
      candidates,
      before: nothing,
      after: { ...nothing, contexts: ['0000:41:00.0'] },
    });
    expect(binding).toMatchObject({ gpuId: '0000:41:00.0', gpuName: 'RTX 4090', certainty: 'proven' });
    expect(binding.evidence).toContain('The documented order would name RTX A2000.');
  });

  test('proven by memory that rose on one GPU only', () => {
    const before = {
      ...nothing,
      usedMebibytes: new Map([
        ['0000:01:00.0', 10],
        ['0000:41:00.0', 900],
      ]),
    };
    const after = {
      ...nothing,
      usedMebibytes: new Map([
        ['0000:01:00.0', 14],
        ['0000:41:00.0', 1210],
      ]),
    };
    expect(judgeBinding({ deviceId: 1, candidates, before, after })).toMatchObject({
      gpuId: '0000:41:00.0',
      certainty: 'proven',
      evidence: 'Memory in use rose by 310 MiB on this GPU with the session, and on no other.',
    });
  });

  test('proven by the kernel’s count for the process', () => {
    const after = {
      ...nothing,
      drmKibibytes: new Map([
        ['0000:41:00.0', 8192],
        ['0000:01:00.0', 0],
      ]),
    };
    expect(judgeBinding({ deviceId: null, candidates, before: nothing, after })).toMatchObject({
      deviceId: null,
      gpuId: '0000:41:00.0',
      certainty: 'proven',
    });
  });

  test.each<[string, Partial<GpuObservation>]>([
    ['nothing was seen', {}],
    [
      'memory rose on both',
      {
        usedMebibytes: new Map([
          ['0000:01:00.0', 500],
          ['0000:41:00.0', 500],
        ]),
      },
    ],
    ['the process is on both', { contexts: ['0000:01:00.0', '0000:41:00.0'] }],
  ])('assumed by the order where %s', (_, seen) => {
    expect(judgeBinding({ deviceId: 1, candidates, before: nothing, after: { ...nothing, ...seen } })).toMatchObject({
      gpuId: '0000:41:00.0',
      gpuName: 'RTX 4090',
      certainty: 'assumed',
    });
  });
});
