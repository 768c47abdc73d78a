/** The last step of `npm run build`. */
import './setup/require-node.mjs';
import { buildNative } from './setup/native.mjs';
import { runScript } from './setup/say.mjs';

await runScript(async () => void (await buildNative()));
