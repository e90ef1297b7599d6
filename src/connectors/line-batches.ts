import type { LogLine } from './connector.js';

/** Lines that come together; each is read when it is asked for. */
export type LineBatch = Iterable<LogLine>;

export async function* eachLine(
  batches: AsyncIterable<LineBatch>,
): AsyncGenerator<LogLine, void, undefined> {
  for await (const batch of batches) yield* batch;
}

export async function* inBatches(
  lines: AsyncIterable<LogLine>,
): AsyncGenerator<LineBatch, void, undefined> {
  for await (const line of lines) yield [line];
}
