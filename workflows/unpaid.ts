import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { UNPAID_FAILURE } from '../src/domain/parked.js';

/** What a host says that wants its bill paid or a limit raised before an activity can go on; `null` for any other failure. */
export function refusalOverBill(error: unknown): string | null {
  if (!(error instanceof ActivityFailure)) return null;
  const { cause } = error;
  const isUnpaid = cause instanceof ApplicationFailure && cause.type === UNPAID_FAILURE;
  return isUnpaid ? cause.message : null;
}
