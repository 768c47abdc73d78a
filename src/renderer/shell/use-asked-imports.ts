import { useEffect, useEffectEvent } from 'react';
import { useLocation } from 'wouter';
import { host } from '../api/host.ts';
import { useModelImport } from '../views/library/use-model-import.ts';

/** Files opened with Whittle, and the menu's “Import model…”, whichever view is shown. */
export function useAskedImports(): void {
  const [, navigate] = useLocation();
  const { importPaths, pickAndImport } = useModelImport();
  const onAsked = useEffectEvent((paths: string[] | null) => {
    navigate('/library');
    if (paths === null) pickAndImport();
    else importPaths(paths);
  });
  useEffect(() => host.onImportAsked((paths) => onAsked(paths)), []);
}
