import type { Finding } from '../domain/finding.js';
import { type Example, type Message, promptText } from '../domain/record.js';
import { type Sample } from '../domain/sample.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import { exampleTexts, templateTexts } from './example-parts.js';
import type { ContaminationSample } from './sample-fields.js';
import { createSampleIndex } from './sample-index.js';
import type { ScannedExample } from './scanned-example.js';

export type { ContaminationSample } from './sample-fields.js';
export type { ScannedExample } from './scanned-example.js';

/** What a scan saw and did not count as a finding. */
export interface UncountedMatches {
  /** Matches of a part that many rows hold. */
  readonly excusedMatches: number;
  /** Examples whose system prompt or tools hold a part of a sample, or a short one. */
  readonly templateRows: number;
}

/**
 * Every match of an example and a field of a sample at any level, one finding each, sorted by example, set,
 * sample and field. What many of the examples hold is damped, see `RowCensus`. The order of examples and
 * samples makes no difference. `uncounted` is told how much that leaves out.
 */
export function scanExamples(
  examples: readonly ScannedExample[],
  samples: readonly ContaminationSample[],
  policy: ContaminationPolicy,
  uncounted: (matches: UncountedMatches) => void = () => undefined,
): readonly Finding[] {
  const index = createSampleIndex(samples, policy);
  const census = index.createCensus();
  const findings = examples
    .filter((example) => index.count(example, census))
    .flatMap((example) =>
      index.scan(example, census).flatMap(({ sample, match }): Finding[] => {
        const found = samples[sample];
        if (found === undefined) return [];
        return [{ exampleId: example.id, sampleSet: found.set, sampleId: found.id, ...match }];
      }),
    )
    .sort(byPlace);
  uncounted({ excusedMatches: census.excusedCount(), templateRows: census.templateCount() });
  return findings;
}

/** The order of findings: by example, set and sample. */
export function byPlace(a: Finding, b: Finding): number {
  return (
    byCodeUnit(a.exampleId, b.exampleId) ||
    byCodeUnit(a.sampleSet, b.sampleSet) ||
    byCodeUnit(a.sampleId, b.sampleId) ||
    byCodeUnit(a.field, b.field)
  );
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The texts of an example that are scanned apart, see `exampleTexts` and `templateTexts`. */
export function scannedTexts(
  messages: readonly Message[],
  answer: string | null,
  { toolCalls, tools, rejected }: Pick<Example, 'toolCalls' | 'tools' | 'rejected'> = {},
): { readonly parts: readonly string[]; readonly templates: readonly string[] } {
  return {
    parts: exampleTexts(messages, answer, toolCalls, rejected).map(({ text }) => text),
    templates: templateTexts(messages, tools).map(({ text }) => text),
  };
}

/** An example as it is scanned. Tool calls without a text beside them are no answer that texts are compared with. */
export function scannedExample(example: Example): ScannedExample {
  const { id, messages, toolCalls } = example;
  const answer = toolCalls !== undefined && example.answer === '' ? null : example.answer;
  return { id, ...scannedTexts(messages, answer, example), answer };
}

/** A sample as it is scanned for. */
export function contaminationSample(set: string, sample: Sample): ContaminationSample {
  const { id, messages, options, reference } = sample;
  return { set, id, prompt: promptText(messages), options, reference };
}
