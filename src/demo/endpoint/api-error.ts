/** An error as the OpenAI API words it: `{ error: { message, type, param, code } }` under an HTTP status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;

  constructor(status: number, message: string, code: string | null, param: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

/** A request that can't be served as it is written. */
export function badRequest(message: string, param: string | null = null): ApiError {
  return new ApiError(400, message, null, param);
}

/** Something that is not there; `code` as the OpenAI API has it, e.g. `model_not_found`. */
export function notFound(message: string, code: string | null, param: string | null): ApiError {
  return new ApiError(404, message, code, param);
}

/** The body of the answer for an error. */
export function errorBody(error: ApiError): object {
  const type = error.status >= 500 ? 'server_error' : 'invalid_request_error';
  return { error: { message: error.message, type, param: error.param, code: error.code } };
}
