import type { LineBatch, LogLine } from './connector.js';

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
