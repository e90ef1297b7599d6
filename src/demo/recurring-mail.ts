import { DEFAULT_CONTAMINATION_POLICY } from '../contamination/policy.js';
import { scanExamples } from '../contamination/scan-examples.js';
import { LEAK_LEVELS } from '../domain/finding.js';
import type { MailMessage } from './mail/load-mail.js';

/**
 * The ids of messages that come back: another one of `messages` gives it away by holdfast's own rules, or
 * is given away by it. Spam campaigns and newsletters, mostly. As eval samples they would be in the logs
 * again every week.
 */
export function recurringMail(messages: readonly MailMessage[]): ReadonlySet<string> {
  const examples = messages.map(({ id, promptText }) => ({ id, parts: [promptText] }));
  const samples = messages.map(({ id, promptText }) => ({
    set: 'earlier',
    id,
    prompt: promptText,
    options: [],
    reference: null,
  }));
  const recurring = new Set<string>();
  for (const finding of scanExamples(examples, samples, DEFAULT_CONTAMINATION_POLICY)) {
    const { exampleId, sampleId, level } = finding;
    if (exampleId === sampleId || !LEAK_LEVELS.includes(level)) continue;
    recurring.add(exampleId).add(sampleId);
  }
  return recurring;
}
