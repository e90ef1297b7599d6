import type { ContaminationSample, ScannedExample } from '../contamination/scan-examples.js';
import type { RedactionPolicy } from '../domain/personal-data.js';
import { type Redactor, createRedactor } from './redaction.js';
import { policyOfVersion, unitedPolicy } from './redactor-version.js';

/**
 * The redactor that texts compare behind which went through different ones: it masks whatever one of theirs masked,
 * so that what one had masked and another kept is masked in both. What other rules found is left as they left it.
 *
 * `['redactor-2-ip', 'redactor-2+name']` gives `redactor-2+name`.
 */
export function unitedRedactor(versions: readonly string[]): Redactor {
  return createRedactor(
    unitedPolicy(
      versions.flatMap((version): RedactionPolicy[] => {
        const policy = policyOfVersion(version);
        return policy === null ? [] : [policy];
      }),
    ),
  );
}

/** A text that went through the redactor of the version `by`, as it compares behind `united`. */
export function comparedText(text: string, by: string, united: Redactor): string {
  return by === united.version ? text : united.redact(text).text;
}

/** What rows and samples compare as behind a redactor. */
export interface Compared {
  readonly example: (example: ScannedExample) => ScannedExample;
  readonly sample: (sample: ContaminationSample) => ContaminationSample;
}

/** Redacts all texts of a row, and all of a sample, as those of one conversation. */
export function comparedBehind(redactor: Redactor): Compared {
  const conversationOf = (texts: readonly string[]): ((text: string) => string) => {
    const conversation = redactor.conversation(texts);
    return (text) => conversation.redact(text).text;
  };
  return {
    example: (example) => {
      const { parts, templates = [], answer } = example;
      const redact = conversationOf([...parts, ...templates, answer ?? '']);
      return {
        ...example,
        parts: parts.map(redact),
        templates: templates.map(redact),
        ...(typeof answer === 'string' && { answer: redact(answer) }),
      };
    },
    sample: (sample) => {
      const { prompt, options, reference } = sample;
      const redact = conversationOf([prompt, ...options, reference ?? '']);
      return {
        ...sample,
        prompt: redact(prompt),
        options: options.map(redact),
        reference: reference === null ? null : redact(reference),
      };
    },
  };
}

/** As `comparedBehind`, by the version of the redactor, which this version's rules have to be in. */
export function comparedBehindVersion(version: string): Compared {
  return comparedBehind(unitedRedactor([version]));
}
