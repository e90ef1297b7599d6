import { z } from 'zod';
import type { Problem } from './problems.js';

const price = z.object({ model: z.string().default('') }).catch({ model: '?' });

/** Only what these checks read; whatever is malformed is read as absent and reported elsewhere. */
const looseSchema = z.object({
  chat: z
    .object({ prices: z.array(price).catch([]) })
    .partial()
    .catch({}),
  gate: z
    .object({ limits: z.object({ cost: z.unknown() }).partial().catch({}) })
    .partial()
    .catch({}),
});

/** Prices that never count, and a limit of cost without a price of every model: candidates have names of their host's. */
export function priceProblems(raw: unknown): readonly Problem[] {
  const { chat, gate } = looseSchema.safeParse(raw).data ?? {};
  const models = (chat?.prices ?? []).map(({ model }) => model);
  const problems: Problem[] = [];
  models.forEach((model, index) => {
    const before = models.slice(0, index).findIndex((earlier) => model.startsWith(earlier));
    if (before === -1) return;
    const message = `never counts: chat.prices[${before}] comes before it and is of the same models`;
    problems.push({ path: ['chat', 'prices', index], message });
  });
  if (gate?.limits?.cost !== undefined && !models.includes('')) {
    const message =
      'needs a price of every model, since nobody knows what a candidate will be called: end chat.prices with one that ' +
      'names no model';
    problems.push({ path: ['gate', 'limits', 'cost'], message });
  }
  return problems;
}
