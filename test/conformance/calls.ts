import type { FinishReason, Message, Signal } from '../../src/domain/record.js';

/** A call as it was made, apart from how anything logs it. */
export interface Call {
  readonly traceId: string;
  readonly spanId: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly user: string;
  readonly conversation: string;
  readonly model: string;
  readonly environment: string;
  readonly messages: readonly Turn[];
  readonly answer: Turn;
  readonly finish: 'stop' | 'length' | 'tool_calls';
  readonly thumbs: readonly Thumb[];
  /** What has to come out of every log of it. */
  readonly canonical: {
    readonly messages: readonly Message[];
    readonly output: Message;
    readonly finishReason: FinishReason;
    readonly surface?: 'staging' | 'debug';
    readonly imagesLeftOut?: number;
  };
}

/** A message, with whatever it is made of. */
export interface Turn {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly Part[];
}

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image' }
  | { readonly kind: 'thought'; readonly text: string }
  | { readonly kind: 'call'; readonly id: string; readonly name: string; readonly args: object }
  | { readonly kind: 'result'; readonly id: string; readonly text: string };

export interface Thumb {
  readonly up: boolean;
  readonly at: string;
}

const text = (value: string): Part => ({ kind: 'text', text: value });
const turn = (role: Turn['role'], ...parts: readonly Part[]): Turn => ({ role, parts });

/** What a thumb has to become. */
export function signalOf({ up, at }: Thumb, surface: Signal['surface']): Signal {
  const verdict = up ? 'approved' : 'rejected';
  return { name: 'thumbs', kind: 'human', surface, verdict, correction: null, at };
}

const COMMON = {
  traceId: '5b8efff798038103d269b633813fc60c',
  user: 'user-7',
  conversation: 'thread-1',
  model: 'ferry-small',
  environment: 'production',
  finish: 'stop',
  thumbs: [],
} as const;

/** The calls that every connector reads from its own format. */
export const CALLS: readonly Call[] = [
  {
    ...COMMON,
    spanId: 'eee19b7ec3c1b174',
    time: '2026-02-10T12:34:56.000Z',
    messages: [turn('system', text('Be brief.')), turn('user', text('When does the ferry leave?'))],
    answer: turn('assistant', text('At noon — from pier 4 ⛴.')),
    thumbs: [
      { up: false, at: '2026-02-10T13:00:00.000Z' },
      { up: true, at: '2026-02-12T08:00:00.500Z' },
    ],
    canonical: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'When does the ferry leave?' },
      ],
      output: { role: 'assistant', content: 'At noon — from pier 4 ⛴.' },
      finishReason: 'stop',
    },
  },
  {
    ...COMMON,
    spanId: 'eee19b7ec3c1b175',
    time: '2024-02-29T23:59:59.999Z',
    conversation: 'thread-2',
    messages: [
      turn('developer', text('Use the tools.')),
      turn('user', text('Two crossings, please.')),
    ],
    answer: turn(
      'assistant',
      { kind: 'call', id: 'c1', name: 'look_up', args: { from: 'Skye', seats: [1, 2] } },
      { kind: 'call', id: 'c2', name: 'look_up', args: { from: 'Mull' } },
    ),
    finish: 'tool_calls',
    canonical: {
      messages: [
        { role: 'system', content: 'Use the tools.' },
        { role: 'user', content: 'Two crossings, please.' },
      ],
      output: {
        role: 'assistant',
        content: '',
        toolCalls: [
          { id: 'c1', name: 'look_up', arguments: '{"from":"Skye","seats":[1,2]}' },
          { id: 'c2', name: 'look_up', arguments: '{"from":"Mull"}' },
        ],
      },
      finishReason: 'tool-calls',
    },
  },
  {
    ...COMMON,
    spanId: 'eee19b7ec3c1b176',
    time: '1971-01-01T00:00:00.001Z',
    messages: [
      turn('user', text('Two crossings, please.')),
      turn(
        'assistant',
        { kind: 'call', id: 'c1', name: 'look_up', args: { from: 'Skye' } },
        { kind: 'call', id: 'c2', name: 'look_up', args: { from: 'Mull' } },
      ),
      turn('tool', { kind: 'result', id: 'c1', text: 'none' }),
      turn('tool', { kind: 'result', id: 'c2', text: '{"at":"noon"}' }),
      turn('user', text('And this one?'), { kind: 'image' }, { kind: 'image' }),
    ],
    answer: turn('assistant', { kind: 'thought', text: 'They mean Mull.' }, text('Mull, at noon')),
    finish: 'length',
    thumbs: [{ up: false, at: '2026-02-10T13:00:00.000Z' }],
    canonical: {
      messages: [
        { role: 'user', content: 'Two crossings, please.' },
        {
          role: 'assistant',
          content: '',
          toolCalls: [
            { id: 'c1', name: 'look_up', arguments: '{"from":"Skye"}' },
            { id: 'c2', name: 'look_up', arguments: '{"from":"Mull"}' },
          ],
        },
        { role: 'tool', content: 'none', toolCallId: 'c1' },
        { role: 'tool', content: '{"at":"noon"}', toolCallId: 'c2' },
        { role: 'user', content: 'And this one?\n[image]\n[image]' },
      ],
      output: { role: 'assistant', content: 'Mull, at noon' },
      finishReason: 'length',
      imagesLeftOut: 2,
    },
  },
  {
    ...COMMON,
    spanId: 'eee19b7ec3c1b177',
    time: '2026-02-11T00:00:00.000Z',
    environment: 'staging',
    messages: [turn('user', text('[{"looks": "like JSON"}'))],
    answer: turn('assistant', text('{"and": ["so", "does", "this"]}')),
    thumbs: [{ up: true, at: '2026-02-11T00:00:01.000Z' }],
    canonical: {
      messages: [{ role: 'user', content: '[{"looks": "like JSON"}' }],
      output: { role: 'assistant', content: '{"and": ["so", "does", "this"]}' },
      finishReason: 'stop',
      surface: 'staging',
    },
  },
];
