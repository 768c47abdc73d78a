/** Every procedure fails in one way: `APP_ERROR`, whose data is an `ErrorData`. */
import { oc } from '@orpc/contract';
import { errorDataSchema } from '../app-error.ts';

export const procedure = oc.errors({
  APP_ERROR: { status: 422, message: 'The workbench refused the request.', data: errorDataSchema },
});
