/** What the scripts say. Standard error, because standard output belongs to the program that follows. */

/** @param {string} sentence */
export function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

/** An expected failure: its message is a sentence for the user, and no stack is printed. */
export class SetupError extends Error {}

/**
 * Runs a script's main function; an expected failure ends the process with its sentence and status 1.
 * @param {() => Promise<number | void>} main answers the exit status, or leaves it to what it has started
 */
export async function runScript(main) {
  try {
    const status = await main();
    if (typeof status === 'number') process.exitCode = status;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

/**
 * Says that something has started, and every ten seconds that it still goes on.
 * @param {string} sentence
 * @returns a function that ends this
 */
export function sayWhileWaiting(sentence) {
  const startedAtMs = Date.now();
  const seconds = () => Math.round((Date.now() - startedAtMs) / 1000);
  say(sentence);
  const timer = setInterval(() => say(`  … ${seconds()} s`), 10_000);
  return () => clearInterval(timer);
}
