/** Where the workbench tells what is no job's business; pino's logger fits. */
export type Log = {
  info: (message: string) => void;
  warn: (message: string) => void;
  error: (message: string) => void;
};
