import { InvariantError } from '../domain/errors.js';

/** Counts the tasks that threads have taken, in memory that they have in common. */
export function createTaskCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** The tasks of `count` that nobody else takes, one by one, until none is left. */
export function* takeTasks(counter: Int32Array, count: number): Generator<number, void, undefined> {
  for (;;) {
    const task = Atomics.add(counter, 0, 1);
    if (task < 0) throw new InvariantError('more tasks were taken than a counter counts');
    if (task >= count) return;
    yield task;
  }
}

/** Has nobody take another task. */
export function endTasks(counter: Int32Array, count: number): void {
  Atomics.store(counter, 0, count);
}
