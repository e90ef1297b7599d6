import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ServiceError, type WorkflowHandle } from '@temporalio/client';
import { statusOf } from '../../src/cli/promotions.js';
import type { TemporalClient } from '../../src/cli/temporal-client.js';
import { temporalFailure } from '../../src/cli/temporal-failure.js';

const target = { address: 'host:7233', namespace: 'mine' };

/** An error as gRPC makes it. */
function grpcError(code: number, details: string): Error {
  return Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} });
}

function named(name: string, message = ''): Error {
  return Object.assign(new Error(message), { name });
}

describe('a failure of Temporal', () => {
  test('that its user can mend is told with what to do', () => {
    const [noNamespace, unreachable] = [
      /has no namespace mine.*namespace create/,
      /does not answer/,
    ];
    const cases: readonly (readonly [Error, RegExp])[] = [
      [grpcError(5, 'Namespace mine is not found.'), noNamespace],
      [named('NamespaceNotFoundError'), noNamespace],
      [new ServiceError('x', { cause: grpcError(5, 'Namespace mine is not found.') }), noNamespace],
      [named('TransportError', 'status: NotFound, "Namespace mine is not found"'), noNamespace],
      [grpcError(14, 'no connection'), unreachable],
      [new ServiceError('x', { cause: grpcError(4, 'deadline') }), unreachable],
      [named('TransportError', 'connection refused'), unreachable],
    ];
    for (const [error, told] of cases) {
      const { name, message, cause } = temporalFailure(error, target) as Error;
      assert.equal(name, 'PrerequisiteError');
      assert.match(message, told);
      assert.ok(message.includes('host:7233'));
      assert.equal(cause, error);
    }
  });

  test('of another kind stays as it is', () => {
    const others = [
      grpcError(5, 'workflow not found'),
      grpcError(13, 'internal'),
      new ServiceError('x', { cause: new Error('y') }),
      Object.assign(named('WorkflowFailedError'), { cause: grpcError(14, 'of an activity') }),
      new TypeError('z'),
      'text',
    ];
    for (const error of others) assert.equal(temporalFailure(error, target), error);
  });

  const noPoller = 'no poller seen for task queue recently, worker may be down';
  for (const [what, failure] of [
    ['stopped a moment ago', grpcError(4, 'deadline')],
    ['stopped a while ago', grpcError(9, noPoller)],
  ] as const) {
    test(`where a worker ${what}, and a promotion answers nobody, asks for a worker`, async () => {
      await assert.rejects(statusAfter(new ServiceError('x', { cause: failure })), {
        name: 'PrerequisiteError',
        message:
          /no worker of the task queue queue answered for promotion\/triage\/e.*holdfast worker/,
      });
    });
  }

  test('of another kind is not taken for a missing worker when a promotion is asked', async () => {
    const others = [
      new ServiceError('x', { cause: grpcError(14, 'no connection') }),
      new ServiceError('x', { cause: grpcError(9, 'the workflow has failed tasks') }),
      named('QueryNotRegisteredError'),
      new TypeError('z'),
    ];
    for (const error of others) {
      await assert.rejects(statusAfter(error), (thrown) => thrown === error);
    }
  });
});

/** Asks a promotion for its status, which fails so. */
function statusAfter(error: Error): Promise<unknown> {
  const handle = {
    workflowId: 'promotion/triage/e',
    query: () => Promise.reject(error),
  } as unknown as WorkflowHandle;
  const connection = { withDeadline: (_: number, ask: () => Promise<unknown>) => ask() };
  const temporal = { taskQueue: 'queue', client: { connection } } as unknown as TemporalClient;
  return statusOf(temporal, handle);
}
