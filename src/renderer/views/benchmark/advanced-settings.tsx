import { MultiSelect, NumberInput, Select, SimpleGrid, Stack, Switch, TagsInput } from '@mantine/core';
import { type CaseSettings, caseSettingsSchema } from '#shared/case.ts';
import { DEFAULT_SMALLEST_DIFFERENCE, type PlanDraft, type PlanSettings } from './plan-draft.ts';

const OPTIMIZATIONS = [
  { value: 'all', label: 'All' },
  { value: 'layout', label: 'Up to layout' },
  { value: 'extended', label: 'Extended' },
  { value: 'basic', label: 'Basic' },
  { value: 'disabled', label: 'Off' },
] as const satisfies { value: CaseSettings['graphOptimization']; label: string }[];

const SPINNINGS = [
  { value: 'short', label: 'Spin 1 ms' },
  { value: 'off', label: 'Sleep' },
  { value: 'default', label: 'As ONNX Runtime does' },
] as const satisfies { value: CaseSettings['spinning']; label: string }[];

const defaults = caseSettingsSchema.parse({});
const SWITCHES = ['cpuArena', 'memoryPattern', 'preciseInt8', 'flushDenormals'] as const;

/** How many of the settings here are not as by default. */
export function changeCountOf({
  settings,
  optimizations,
  spinnings,
  sessionEntries,
  idleSeconds,
  sustainedSeconds,
  compareArena,
  runtimeInterface,
  smallestDifference,
}: PlanDraft): number {
  const isChanged = [
    optimizations.join() !== defaults.graphOptimization,
    spinnings.join() !== defaults.spinning,
    settings.executionMode !== defaults.executionMode,
    sessionEntries.length > 0,
    idleSeconds.length > 0,
    sustainedSeconds > 0,
    compareArena,
    runtimeInterface !== 'c',
    smallestDifference !== DEFAULT_SMALLEST_DIFFERENCE,
    ...SWITCHES.map((name) => settings[name] !== defaults[name]),
  ];
  return isChanged.filter(Boolean).length;
}

/** Settings that few need; every one begins with its default. */
export function AdvancedSettings(props: { draft: PlanDraft; onChange: (changes: Partial<PlanDraft>) => void }) {
  const { draft, onChange } = props;
  const { settings } = draft;
  const set = (changes: Partial<PlanSettings>): void => onChange({ settings: { ...settings, ...changes } });
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <MultiSelect
          size="xs"
          label="Graph optimization"
          description="Several are measured beside each other"
          data={OPTIMIZATIONS}
          value={draft.optimizations}
          onChange={(values) => onChange({ optimizations: values })}
        />
        <MultiSelect
          size="xs"
          label="Waiting threads"
          description="Sleeping saves power and costs time"
          data={SPINNINGS}
          value={draft.spinnings}
          onChange={(values) => onChange({ spinnings: values })}
        />
        <Select
          label="Timed through"
          description="C only where all is on node:cpu"
          allowDeselect={false}
          data={[
            { value: 'c', label: 'C, as compiled code' },
            { value: 'javascript', label: 'JavaScript, as Node.js' },
          ]}
          value={draft.runtimeInterface}
          onChange={(value) => onChange({ runtimeInterface: value ?? 'c' })}
        />
        <Select
          label="Execution mode"
          description="Few models gain from the second"
          allowDeselect={false}
          data={[
            { value: 'sequential', label: 'One operator at a time' },
            { value: 'parallel', label: 'Independent operators together' },
          ]}
          value={settings.executionMode}
          onChange={(value) => set({ executionMode: value ?? 'sequential' })}
        />
        {settings.executionMode === 'parallel' ? (
          <NumberInput
            label="Operators at the same time"
            description="Inter-op threads; 0 lets ONNX Runtime choose"
            min={0}
            max={1024}
            decimalScale={0}
            allowNegative={false}
            value={settings.interOpThreads}
            onChange={(value) => set({ interOpThreads: typeof value === 'number' ? value : 1 })}
          />
        ) : null}
      </SimpleGrid>
      <Switch
        label="Memory arena of the CPU provider"
        description="Keeps memory for the next run instead of giving it back"
        checked={settings.cpuArena}
        onChange={(event) => set({ cpuArena: event.currentTarget.checked })}
      />
      <Switch
        label="Memory pattern"
        description="Plans the memory of all tensors from the first run"
        checked={settings.memoryPattern}
        onChange={(event) => set({ memoryPattern: event.currentTarget.checked })}
      />
      <Switch
        label="Precise int8 on x64 CPUs without VNNI"
        description="Computes int8 weights as uint8: slower, and sums cannot overflow"
        checked={settings.preciseInt8}
        onChange={(event) => set({ preciseInt8: event.currentTarget.checked })}
      />
      <Switch
        label="Take denormal numbers as zero"
        description="They are slow on many CPUs; results can change in their last digits"
        checked={settings.flushDenormals}
        onChange={(event) => set({ flushDenormals: event.currentTarget.checked })}
      />
      <TagsInput
        size="xs"
        label="Entries of the session’s configuration"
        description="KEY=VALUE, passed on unchecked: ONNX Runtime ignores keys that it does not know"
        placeholder={draft.sessionEntries.length === 0 ? 'None; type one and press Enter' : ''}
        value={draft.sessionEntries}
        onChange={(sessionEntries) => onChange({ sessionEntries })}
        acceptValueOnBlur
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" style={{ alignItems: 'end' }}>
        <TagsInput
          size="xs"
          label="Runs after so many seconds of nothing"
          description="After measuring, for each case"
          placeholder={draft.idleSeconds.length === 0 ? 'None; such as 1 or 10' : ''}
          value={draft.idleSeconds}
          onChange={(idleSeconds) => onChange({ idleSeconds })}
          acceptValueOnBlur
        />
        <NumberInput
          label="Seconds of runs without a pause"
          description="After measuring, for each case; 0 leaves it out"
          min={0}
          max={86_400}
          allowNegative={false}
          value={draft.sustainedSeconds}
          onChange={(value) => onChange({ sustainedSeconds: typeof value === 'number' ? value : 0 })}
        />
        <NumberInput
          label="Smallest difference of interest, %"
          description="Smaller ones are called indistinguishable"
          min={0.1}
          max={50}
          step={0.5}
          allowNegative={false}
          value={draft.smallestDifference}
          onChange={(value) =>
            onChange({ smallestDifference: typeof value === 'number' ? value : DEFAULT_SMALLEST_DIFFERENCE })
          }
        />
      </SimpleGrid>
      <Switch
        label="Compare with and without the arena"
        description="Loads each case on node:cpu once more with the other setting, to tell what the arena takes"
        checked={draft.compareArena}
        onChange={(event) => onChange({ compareArena: event.currentTarget.checked })}
      />
    </Stack>
  );
}
