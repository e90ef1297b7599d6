import type { ChatClient } from '../../src/domain/chat.js';
import { ProviderError } from '../../src/domain/errors.js';
import type { FineTuneProvider } from '../../src/domain/fine-tuning.js';
import { parseTrainingFile, userText } from '../../src/demo/endpoint/training-data.js';
import type { ClassifierModel } from '../../src/demo/classifier-model.js';
import { classify, trainClassifier } from '../../src/demo/linear-classifier.js';
import { sha256Hex } from '../../src/storage/objects.js';

/** A host that trains and answers in this process: the endpoint's own classifier without its HTTP. */
export interface LocalModels {
  readonly provider: FineTuneProvider;
  readonly chat: ChatClient;
  /** Trains on a chat-format file and gives the model's id. */
  train(file: Uint8Array, seed: number): string;
}

export function createLocalModels(): LocalModels {
  const models = new Map<string, ClassifierModel>();
  const train = (file: Uint8Array, seed: number): string => {
    const id = `ft:local:${sha256Hex(file).slice(0, 12)}-${seed}`;
    if (!models.has(id)) models.set(id, trainClassifier(parseTrainingFile(file), { seed }));
    return id;
  };
  return {
    train,
    provider: {
      name: 'local',
      launch: async ({ trainingFile, seed, runKey }) => ({
        kind: 'submitted',
        handle: { provider: 'local', jobId: train(trainingFile.bytes, seed), runKey },
      }),
      poll: async ({ jobId }) => ({ kind: 'succeeded', modelId: jobId, trainedTokens: null }),
      runKeyOf: async () => null,
      cancel: async () => undefined,
      models: async () => null,
    },
    chat: {
      complete: async ({ model, messages }) => {
        const found = models.get(model);
        if (found === undefined) {
          throw new ProviderError(`no model ${model}`, { status: 404, isRetryable: false });
        }
        const { label } = classify(found, userText([...messages]));
        return { content: label, finishReason: 'stop', promptTokens: 0, completionTokens: 1 };
      },
    },
  };
}
