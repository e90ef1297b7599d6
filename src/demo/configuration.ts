/** The demo's model, its frozen eval set, and the first of its windows. */
export const DEMO_MODEL = 'mail-triage';
export const EVAL_SET = 'mail';
export const FIRST_WINDOW = '2002-W33';
export const SECOND_WINDOW = '2002-W35';

/** The environment variable that the demo's configuration names; its value is in the source. */
export const KEY_VARIABLE = 'HOLDFAST_DEMO_KEY';

/** One-sided error rate of the demo's gate. */
export const ALPHA = 0.05;

/**
 * Some 30 % of the holdout is filed rightly by one of two models only. The first window has 119 clean samples of it,
 * threads among them, which show 18 points; the second has more.
 */
const DISCORDANCE = 0.3;
const HOLDOUT_MARGIN = 0.2;

/** The demo's `holdfast.yaml`, as a document. */
export function demoConfiguration(values: {
  readonly championId: string;
  readonly championFile: string;
  readonly evalDigest: string;
  readonly baseURL: string;
  readonly temporalAddress: string;
  readonly seed: number;
}): object {
  return {
    model: DEMO_MODEL,
    store: 'file:store',
    temporal: { address: values.temporalAddress, taskQueue: DEMO_MODEL },
    window: { first: FIRST_WINDOW, weeks: 2 },
    sources: [{ path: 'logs' }],
    consent: { unmarked: 'deny' },
    split: { holdoutFraction: 0.2, group: 'conversation' },
    select: { completeSignals: ['filing'] },
    evals: [{ name: EVAL_SET, digest: values.evalDigest }],
    train: {
      baseURL: values.baseURL,
      keyVariable: KEY_VARIABLE,
      baseModel: 'local-linear-1',
      seed: values.seed,
      pollSeconds: 0.2,
      pricePerMillionTokens: 0,
      maximumCost: 0,
    },
    chat: { concurrency: 8, maximumTokens: 16 },
    champion: { modelId: values.championId, trainedOn: [values.championFile] },
    gate: {
      superiorityOn: `frozen:${EVAL_SET}`,
      alpha: ALPHA,
      guards: [{ suite: 'holdout', margin: HOLDOUT_MARGIN }],
      assumedDiscordance: DISCORDANCE,
    },
    schedule: { delayHours: 6, catchUpDays: 14 },
  };
}
