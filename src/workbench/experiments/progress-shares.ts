/** How far the progress bar of an experiment, without its scenarios, is when the cases are loaded, and when they are measured. */
export const PROGRESS = { loaded: 0.15, measured: 0.9 } as const;
