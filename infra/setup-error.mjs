/** What the user can fix; printed without a stack trace. */
export class SetupError extends Error {
  name = 'SetupError';
}
