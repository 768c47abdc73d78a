import { Group, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconUpload } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { host } from '../api/host.ts';
import { showFailure } from '../components/undo-notice.tsx';
import { useModelImport } from '../views/library/use-model-import.ts';

/** Models are imported wherever they are dropped; what came of them is shown in the library. */
export function DropToImport() {
  const [, navigate] = useLocation();
  const { importFiles } = useModelImport();
  return (
    <Dropzone.FullScreen
      onDrop={(files) => {
        navigate('/library');
        importFiles(files);
      }}
      getFilesFromEvent={async (event) => {
        try {
          return await host.filesOfDrop(event);
        } catch (error) {
          showFailure(error, 'Nothing was imported');
          return [];
        }
      }}
      // The keyboard has “Import model” for it: what cannot be seen must not take the focus.
      activateOnKeyboard={false}
      aria-label="Drop models to import them"
    >
      <Group justify="center" mih="90vh" gap="sm" style={{ pointerEvents: 'none' }}>
        <IconUpload size={36} stroke={1.3} aria-hidden />
        <div>
          <Text size="lg" fw={600}>
            Drop to import
          </Text>
          <Text c="dimmed">ONNX models with their external data beside them, or a folder of models</Text>
        </div>
      </Group>
    </Dropzone.FullScreen>
  );
}
