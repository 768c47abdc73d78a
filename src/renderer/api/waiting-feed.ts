/** Hands values to its listener, and keeps those that come before there is one. */
export function createWaitingFeed<Value>(): {
  push: (value: Value) => void;
  /** @returns a function that ends the subscription */
  listen: (listener: (value: Value) => void) => () => void;
} {
  let waiting: Value[] = [];
  let current: ((value: Value) => void) | null = null;
  return {
    push(value) {
      if (current) current(value);
      else waiting.push(value);
    },
    listen(listener) {
      current = listener;
      const values = waiting;
      waiting = [];
      for (const value of values) listener(value);
      return () => {
        if (current === listener) current = null;
      };
    },
  };
}
