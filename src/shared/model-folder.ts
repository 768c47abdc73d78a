/** What of a folder counts as its models, wherever it is read: on this machine, or in a browser that it was dropped on. */
import { AppError } from './app-error.ts';

/** An export has its models in the folder itself, or in one such as `onnx` in it. */
export const DEEPEST_MODEL_FOLDER = 1;
/** A folder with more is one of collections, which nobody means to import as a whole. */
export const MOST_MODELS_OF_FOLDER = 50;

/**
 * @param dataAdvice what to do with a folder of data
 * Errors: `not-found` for a folder without models, `invalid-input` for one with too many.
 */
export function refuseModelFolder(name: string, modelCount: number, dataAdvice: string): void {
  if (modelCount === 0) {
    throw new AppError('not-found', `The folder “${name}” holds no .onnx file. ${dataAdvice}`);
  }
  if (modelCount > MOST_MODELS_OF_FOLDER) {
    throw new AppError(
      'invalid-input',
      `The folder “${name}” holds more than ${MOST_MODELS_OF_FOLDER} .onnx files. Import those that you want to look at.`,
    );
  }
}
