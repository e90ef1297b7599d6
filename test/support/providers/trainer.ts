import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { classifierToBytes } from '../../../src/demo/classifier-bytes.js';
import { parseTrainingFile } from '../../../src/demo/endpoint/training-data.js';
import { trainingEpochs } from '../../../src/demo/linear-classifier.js';

/**
 * A trainer of one's own: `trainer.js FILE FOLDER`. It really trains the demo's classifier on the file, writes
 * `progress.json` after each epoch and at last the model and `result.json`. Each start leaves a line in `starts`,
 * which costs money.
 */
const [file = '', folder = ''] = process.argv.slice(2);
const { seed, method, hyperparameters } = JSON.parse(
  readFileSync(join(folder, 'job.json'), 'utf8'),
) as {
  readonly seed: number;
  readonly method?: 'dpo';
  readonly hyperparameters: { readonly n_epochs?: number; readonly pause_ms?: number };
};
appendFileSync(join(folder, 'starts'), `${process.pid}\n`);

function write(name: string, content: string | Uint8Array): void {
  writeFileSync(join(folder, `${name}.part`), content);
  renameSync(join(folder, `${name}.part`), join(folder, name));
}

/** Pairs as TRL reads them; of a linear classifier's preference no more is left than the chosen answer. */
function chosenOnly(bytes: Uint8Array): Uint8Array {
  const lines = Buffer.from(bytes).toString('utf8').trim().split('\n');
  const chats = lines.map((line) => {
    const { prompt, chosen, rejected } = JSON.parse(line) as Record<string, readonly unknown[]>;
    if (prompt === undefined || chosen === undefined || rejected?.length !== 1) process.exit(3);
    return JSON.stringify({ messages: [...prompt, ...chosen] });
  });
  return Buffer.from(chats.join('\n'));
}

const content = readFileSync(file);
const rows = parseTrainingFile(method === 'dpo' ? chosenOnly(content) : content);
const training = trainingEpochs(rows, { seed, epochs: hyperparameters.n_epochs ?? 3 });
for (;;) {
  const next = training.next();
  if (next.done === true) {
    write('model.bin', classifierToBytes(next.value));
    break;
  }
  write('progress.json', JSON.stringify(next.value));
  await delay(hyperparameters.pause_ms ?? 5);
}
write(
  'result.json',
  JSON.stringify({ modelId: `local:${folder.split('/').at(-1)}`, trainedTokens: 140, cost: 0.25 }),
);
