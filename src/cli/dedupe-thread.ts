import { parentPort, workerData } from 'node:worker_threads';
import {
  createDedupeEngine,
  type DoTask,
  type EnginePlan,
  type Work,
  type WorkKind,
  type WorkResults,
} from './dedupe-engine.js';
import { endTasks, takeTasks } from './task-counter.js';

/** What a thread is asked: to share work, of which a counter in common memory says what is next. */
export type ThreadRequest = {
  readonly [Kind in WorkKind]: {
    readonly kind: Kind;
    readonly work: Work[Kind];
    readonly counter: Int32Array;
  };
}[WorkKind];

/**
 * What it answers: what comes of each task, one after the other, and that none is left. The text of an error is not
 * said: who asks does the work again to hear it.
 */
export type ThreadAnswer =
  | {
      readonly kind: 'result';
      readonly task: number;
      readonly result: WorkResults[WorkKind];
      readonly done: number;
    }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed' };

const engine = createDedupeEngine(workerData as EnginePlan, null);

parentPort?.on('message', (request: ThreadRequest) => {
  try {
    const doTask = begin(request);
    for (const task of takeTasks(request.counter, request.work.tasks.length)) {
      const answer = answerOf(task, doTask);
      parentPort?.postMessage(answer, buffersOf(answer.result));
    }
    tell({ kind: 'ended' });
  } catch {
    endTasks(request.counter, request.work.tasks.length);
    tell({ kind: 'failed' });
  }
});

function tell(answer: ThreadAnswer): void {
  parentPort?.postMessage(answer);
}

function begin(request: ThreadRequest): DoTask<WorkResults[WorkKind]> {
  switch (request.kind) {
    case 'read':
      return engine.begin.read(request.work);
    case 'group':
      return engine.begin.group(request.work);
    case 'fold':
      return engine.begin.fold(request.work);
  }
}

function answerOf(
  task: number,
  doTask: DoTask<WorkResults[WorkKind]>,
): Extract<ThreadAnswer, { readonly kind: 'result' }> {
  const steps = doTask(task);
  let done = 0;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { kind: 'result', task, result: step.value, done };
    done += step.value;
  }
}

/** The memory of the arrays that are handed on, so that it need not be copied; what is shared stays where it is. */
function buffersOf(result: object): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const collect = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      if (value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  collect(result);
  return [...buffers];
}
