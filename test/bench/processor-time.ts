/** Sums up the processor time, user and system, that this process spends between `start` and `stop`. */
export interface Stopwatch {
  start(): void;
  stop(): void;
  seconds(): number;
}

export function createStopwatch(): Stopwatch {
  let microseconds = 0;
  let begun: NodeJS.CpuUsage | null = null;
  return {
    start() {
      begun = process.cpuUsage();
    },
    stop() {
      if (begun === null) throw new Error('the stopwatch was not started');
      const { user, system } = process.cpuUsage(begun);
      microseconds += user + system;
      begun = null;
    },
    seconds: () => microseconds / 1e6,
  };
}

/** A step's result; its time goes to `watch`. */
export function timed<Result>(watch: Stopwatch, step: () => Result): Result {
  watch.start();
  const result = step();
  watch.stop();
  return result;
}

/** As `timed`, of a step that is waited for. */
export async function timedAsync<Result>(
  watch: Stopwatch,
  step: () => Promise<Result>,
): Promise<Result> {
  watch.start();
  const result = await step();
  watch.stop();
  return result;
}

/** The middle one of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
