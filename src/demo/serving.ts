import type { ChatClient } from '../domain/chat.js';
import { ProviderError } from '../domain/errors.js';
import type { FineTuneProvider } from '../domain/fine-tuning.js';
import type { Message } from '../domain/record.js';
import { createMemoryLedger } from '../providers/memory-ledger.js';
import { sha256Hex } from '../storage/objects.js';

const POLL_MS = 50;
const QUESTIONS_AT_ONCE = 8;

/** A text with the answer that is right for it. */
export interface Labelled {
  readonly prompt: string;
  readonly label: string;
}

/** The system prompt of the triage assistant; the classifier behind the endpoint ignores it. */
export const SYSTEM_PROMPT =
  'You sort incoming mail. Answer with the name of the folder that the message belongs in, and nothing else.';

/** The messages that the assistant sees for a mail. */
export function toMessages(prompt: string): readonly Message[] {
  return [
    { role: 'system', content: SYSTEM_PROMPT },
    { role: 'user', content: prompt },
  ];
}

/** Training rows as a trainer's JSONL file. */
export function toTrainingFile(rows: readonly Labelled[]): Uint8Array {
  const lines = rows.map(({ prompt, label }) =>
    JSON.stringify({ messages: [...toMessages(prompt), { role: 'assistant', content: label }] }),
  );
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/** Trains a model through the fine-tuning endpoint, as the pipeline does, and waits for it. */
export async function trainModel(
  provider: FineTuneProvider,
  training: Uint8Array,
  options: { readonly seed: number; readonly suffix: string; readonly baseModel: string },
): Promise<string> {
  const sha256 = sha256Hex(training);
  const request = {
    runKey: sha256Hex(`${sha256} ${options.suffix} ${options.seed}`).slice(0, 32),
    baseModel: options.baseModel,
    trainingFile: { bytes: training, sha256 },
    hyperparameters: {},
    seed: options.seed,
    suffix: options.suffix,
  };
  const launched = await provider.launch(request, createMemoryLedger());
  if (launched.kind === 'parked') {
    throw new ProviderError(launched.parked.message, { status: null, isRetryable: false });
  }
  for (;;) {
    const state = await provider.poll(launched.handle);
    if (state.kind === 'succeeded') return state.modelId;
    if (state.kind !== 'pending') {
      const message = `training ${options.suffix} ended as ${state.kind}`;
      throw new ProviderError(message, { status: null, isRetryable: false });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Asks a model every prompt through the chat endpoint; answers come in the prompts' order. */
export async function askAll(
  client: ChatClient,
  modelId: string,
  prompts: readonly string[],
  onAnswer: (answered: number) => void = () => undefined,
): Promise<readonly string[]> {
  const answers = new Array<string>(prompts.length).fill('');
  let next = 0;
  let answered = 0;
  const ask = async (): Promise<void> => {
    for (;;) {
      const position = next;
      next += 1;
      const prompt = prompts[position];
      if (prompt === undefined) return;
      const request = {
        model: modelId,
        messages: toMessages(prompt),
        temperature: 0,
        maximumTokens: 16,
      };
      answers[position] = (await client.complete(request)).content;
      answered += 1;
      onAnswer(answered);
    }
  };
  await Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, ask));
  return answers;
}
