import { parentPort, type TransferListItem, workerData } from 'node:worker_threads';
import {
  createDedupeEngine,
  type EnginePlan,
  type FoldedRows,
  type FoldInput,
  type PartTask,
} from './dedupe-engine.js';
import type { TakenRows } from './row-intake.js';

/** What a thread is asked. */
export type ThreadRequest =
  | { readonly kind: 'read'; readonly task: PartTask }
  | { readonly kind: 'prepare'; readonly input: FoldInput }
  | { readonly kind: 'fold'; readonly rows: Uint32Array };

/** What it answers. The text of an error is not said: who asks does the work again to hear it. */
export type ThreadAnswer =
  | { readonly kind: 'rows'; readonly rows: TakenRows }
  | { readonly kind: 'ready' }
  | { readonly kind: 'found'; readonly folded: FoldedRows }
  | { readonly kind: 'failed' };

const engine = createDedupeEngine(workerData as EnginePlan);

parentPort?.on('message', (request: ThreadRequest) => {
  const answer = answerTo(request);
  parentPort?.postMessage(answer, answer.kind === 'rows' ? buffersOf(answer.rows) : []);
});

function answerTo(request: ThreadRequest): ThreadAnswer {
  try {
    switch (request.kind) {
      case 'read':
        return { kind: 'rows', rows: readWhole(request.task) };
      case 'prepare':
        engine.prepare(request.input, null);
        return { kind: 'ready' };
      case 'fold':
        return { kind: 'found', folded: foldWhole(request.rows) };
    }
  } catch {
    return { kind: 'failed' };
  }
}

function foldWhole(rows: Uint32Array): FoldedRows {
  const before = engine.cappedCount();
  const found = [...engine.fold(rows)].filter((each) => each !== null);
  return { found, cappedCount: engine.cappedCount() - before };
}

function readWhole(task: PartTask): TakenRows {
  const steps = engine.read(task);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The memory of the arrays that are handed on, so that it need not be copied. */
function buffersOf({ columns, places }: TakenRows): readonly TransferListItem[] {
  const { main, short, flags, contents, answers, asked } = columns;
  const arrays = [
    ...[flags, contents, answers, asked, main.rows, short.rows],
    ...[...main.chunks, ...short.chunks],
    ...Object.values<Uint8Array | Uint32Array | Float64Array>({ ...places }),
  ];
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}
