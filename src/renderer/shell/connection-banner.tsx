import { Alert, Loader } from '@mantine/core';
import { useConnection } from '../api/use-connection.ts';
import classes from './connection-banner.module.css';

export function ConnectionBanner() {
  const connection = useConnection();
  if (connection.status !== 'lost') return null;
  return (
    <Alert
      color="yellow"
      radius={0}
      py="xs"
      className={classes['banner'] ?? ''}
      classNames={{ wrapper: classes['line'] ?? '', icon: classes['icon'] ?? '' }}
      role="alert"
      icon={<Loader size={16} color="yellow" aria-hidden />}
    >
      Connection to the workbench lost. Trying again…
    </Alert>
  );
}
