/** Saves blocks of samples without end and tells its parent after each one; for killing at any moment. */
import { caseSettingsSchema, experimentPlanSchema } from '../../src/shared/case.ts';
import { openStore } from '../../src/workbench/store/store.ts';
import { fakeDevice } from './fake-device.ts';

const store = openStore(process.argv[2] as string);
const sha256 = 'a'.repeat(64);
store.devices.save(fakeDevice, 0);
store.experiments.add({
  id: 'experiment',
  name: 'Killed',
  plan: experimentPlanSchema.parse({ variantIds: [sha256], providers: ['node:cpu'] }),
  environment: {
    whittleVersion: '0',
    onnxruntimeNodeVersion: '0',
    nodeVersion: '0',
    electronVersion: null,
    platform: 'linux',
  },
  device: fakeDevice,
  status: 'running',
  error: null,
  createdAtMs: 0,
  endedAtMs: null,
  jobId: null,
  isImported: false,
});
store.runs.add(
  {
    id: 'run',
    experimentId: 'experiment',
    model: { name: 'model', path: null, sha256, sizeBytes: 1 },
    provider: 'node:cpu',
    settings: caseSettingsSchema.parse({}),
    status: 'running',
    error: null,
    loadMs: null,
    firstRunMs: null,
    warmUpRunCount: null,
    memory: { baselineBytes: null, loadedBytes: null, peakBytes: null },
    placement: [],
    parity: null,
    warnings: [],
    startedAtMs: null,
    endedAtMs: null,
  },
  0,
);
for (let index = 0; ; index += 1) {
  store.runs.addBlock('run', { blockIndex: index, round: index, startedAtMs: index + 0.5, samplesMs: [index, 1 / 3] });
  process.send?.({ saved: index + 1 });
  // Lets the message leave this process.
  await new Promise(setImmediate);
}
