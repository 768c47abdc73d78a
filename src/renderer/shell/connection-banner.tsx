import { Alert, Loader } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import classes from './connection-banner.module.css';
import { useConnection } from '../api/use-connection.ts';

export function ConnectionBanner() {
  const connection = useConnection();
  if (connection.status === 'open' || connection.status === 'connecting') return null;
  const isRefused = connection.status === 'refused';
  return (
    <Alert
      color={isRefused ? 'red' : 'yellow'}
      radius={0}
      py="xs"
      className={classes['banner'] ?? ''}
      classNames={{ wrapper: classes['line'] ?? '', icon: classes['icon'] ?? '' }}
      role="alert"
      icon={isRefused ? <IconPlugConnectedX size={18} aria-hidden /> : <Loader size={16} color="yellow" aria-hidden />}
    >
      {isRefused ? connection.message : 'Connection to the workbench lost. Trying again…'}
    </Alert>
  );
}
