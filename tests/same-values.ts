/**
 * Properties are tried on the same values each time, so that no change is refused for a mistake that it did not make. `PROPERTY_SEED=random`,
 * or a number, tries them on others; a value that fails becomes an example of its test.
 */
import fc from 'fast-check';

const { PROPERTY_SEED: seed = '1' } = process.env;
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
