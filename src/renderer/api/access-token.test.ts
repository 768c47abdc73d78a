import { expect, it } from 'vitest';
import { takeAccessToken } from './access-token.ts';

function createPlaces(href: string, stored: string | null = null) {
  const kept = new Map<string, string>(stored === null ? [] : [['whittle:token', stored]]);
  const addresses: string[] = [];
  return {
    places: {
      location: { href },
      storage: {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => void kept.set(key, value),
      },
      history: {
        replaceState: (_state: unknown, _title: string, address?: string | URL | null) =>
          void addresses.push(String(address)),
      },
    },
    kept,
    addresses,
  };
}

it('takes the token out of the address and keeps it for the tab', () => {
  const { places, kept, addresses } = createPlaces('http://127.0.0.1:4477/library?token=abc&variant=x#top');
  expect(takeAccessToken(places)).toBe('abc');
  expect(kept.get('whittle:token')).toBe('abc');
  expect(addresses).toEqual(['/library?variant=x#top']);
});

it('finds the one of the tab after a reload', () => {
  const { places, addresses } = createPlaces('http://127.0.0.1:4477/library', 'abc');
  expect(takeAccessToken(places)).toBe('abc');
  expect(addresses).toEqual([]);
});

it('prefers the one in the address: the server was started anew', () => {
  expect(takeAccessToken(createPlaces('http://127.0.0.1:4477/?token=new', 'old').places)).toBe('new');
});

it('has none where none was given', () => {
  expect(takeAccessToken(createPlaces('http://127.0.0.1:4477/?token=').places)).toBeNull();
});
