import { type ScannedExample, scannedTexts } from '../../../src/contamination/scan-examples.js';
import type { Message } from '../../../src/domain/record.js';
import type { Writer } from './made-up-text.js';

/** A training row as a log would hold it. */
export interface Row {
  readonly messages: readonly Message[];
  readonly answer: string | null;
}

export function user(content: string): Message {
  return { role: 'user', content };
}

export function assistant(content: string): Message {
  return { role: 'assistant', content };
}

/** A row of one turn. */
export function asked(content: string, answer: string | null = null): Row {
  return { messages: [user(content)], answer };
}

/** `turns` user turns, each with its reply; the last reply is the answer. */
export function conversation(w: Writer, turns: number): Message[] {
  return Array.from({ length: turns }, () => [
    user(`${w.paragraph(2)} Why is that?`),
    assistant(w.paragraph(3)),
  ]).flat();
}

export function toExample(id: string, { messages, answer }: Row): ScannedExample {
  return { id, ...scannedTexts(messages, answer), answer };
}
