/** The token that `whittle serve` put into the address: kept for the tab, and taken out of sight. */

const STORAGE_KEY = 'whittle:token';

export type TokenPlaces = {
  location: Pick<Location, 'href'>;
  storage: Pick<Storage, 'getItem' | 'setItem'>;
  history: Pick<History, 'replaceState'>;
};

/** @returns null where the page was opened without a token, now and before in this tab */
export function takeAccessToken({ location, storage, history }: TokenPlaces): string | null {
  const url = new URL(location.href);
  const given = url.searchParams.get('token');
  if (given === null || given === '') return storage.getItem(STORAGE_KEY);
  storage.setItem(STORAGE_KEY, given);
  url.searchParams.delete('token');
  // A bookmark or a shared address must not carry it.
  history.replaceState(null, '', url.pathname + url.search + url.hash);
  return given;
}
