import type { LanguageOf, QualityPolicy, QualityReason } from '../domain/quality.js';
import { QUALITY_REASONS } from '../domain/quality.js';
import type { CanonicalRecord } from '../domain/record.js';
import { estimateTokens } from '../domain/tokens.js';
import { createRefusalTest, REFUSAL_PHRASES } from './quality-refusals.js';
import { repetitionOf } from './quality-repetition.js';

/** What is judged: a record with the answer that would be learnt from. */
export interface JudgedAnswer {
  readonly record: CanonicalRecord;
  readonly answer: string;
  /** Whether the model gave the answer. A correction is not truncated because what it corrects was. */
  readonly isModels: boolean;
}

/** Every reason against an answer, in the order in which they count. */
export type QualityJudge = (judged: JudgedAnswer) => readonly QualityReason[];

/** The rule behind each reason, or `null` where the policy has none. */
type Rules = Readonly<Record<QualityReason, ((judged: JudgedAnswer) => boolean) | null>>;

/** Makes the judge of a policy. Every rule is asked whatever the others say, so that their overlaps are known. */
export function createQualityJudge(policy: QualityPolicy, languageOf: LanguageOf): QualityJudge {
  const rules = rulesOf(policy, languageOf);
  const active = QUALITY_REASONS.flatMap((reason) => {
    const rule = rules[reason];
    return rule === null ? [] : [{ reason, rule }];
  });
  return (judged) => active.filter(({ rule }) => rule(judged)).map(({ reason }) => reason);
}

function rulesOf(policy: QualityPolicy, languageOf: LanguageOf): Rules {
  const whenDropped = <Rule>(choice: 'drop' | 'keep', rule: Rule): Rule | null =>
    choice === 'drop' ? rule : null;
  const has =
    (fault: NonNullable<CanonicalRecord['faults']>[number]) =>
    ({ record, isModels }: JudgedAnswer): boolean =>
      isModels && record.faults?.includes(fault) === true;
  const { maximumTokens, maximumRepetition, languages } = policy;
  return {
    'failed-call': whenDropped(policy.failed, isFailed),
    cached: whenDropped(
      policy.cached,
      ({ record, isModels }) => isModels && record.cached === true,
    ),
    truncated: whenDropped(policy.truncated, isTruncated),
    'invalid-json': whenDropped(policy.json, isInvalidJson),
    'unfit-json': whenDropped(policy.json, has('unfit-json')),
    'unknown-tool': whenDropped(policy.toolCalls, has('unknown-tool')),
    'unfit-arguments': whenDropped(policy.toolCalls, has('unfit-arguments')),
    'unusable-schema': whenDropped(
      policy.json === 'drop' || policy.toolCalls === 'drop' ? 'drop' : 'keep',
      has('unusable-schema'),
    ),
    'too-long': maximumTokens === null ? null : (judged) => tokensOf(judged) > maximumTokens,
    refusal: refusalRule(policy.refusals),
    repetitive:
      maximumRepetition >= 1 ? null : ({ answer }) => repetitionOf(answer) > maximumRepetition,
    'other-language': languages.length === 0 ? null : languageRule(languages, languageOf),
  };
}

function isFailed({ record, isModels }: JudgedAnswer): boolean {
  return isModels && record.finishReason === 'error';
}

function isTruncated({ record, isModels }: JudgedAnswer): boolean {
  return isModels && (record.finishReason === 'length' || record.finishReason === 'content-filter');
}

/** The model's own answer was judged before redaction; a correction has to be JSON too. */
function isInvalidJson({ record, answer, isModels }: JudgedAnswer): boolean {
  if (isModels) return record.faults?.includes('invalid-json') === true;
  return record.asksForJson === true && !isJson(answer);
}

function tokensOf({ record, answer }: JudgedAnswer): number {
  const said = answer === record.output.content ? record.output : { content: answer };
  return estimateTokens([...record.messages, said], record.tools);
}

function refusalRule(refusals: QualityPolicy['refusals']): Rules['refusal'] {
  if (refusals === 'keep') return null;
  const refuses = createRefusalTest(refusals === 'drop' ? REFUSAL_PHRASES : refusals);
  return ({ answer }) => refuses(answer);
}

/** JSON is in no language, and what can't be told apart is not held against an answer. */
function languageRule(
  languages: readonly string[],
  languageOf: LanguageOf,
): Rules['other-language'] {
  return ({ record, answer }) => {
    if (record.asksForJson === true) return false;
    const language = languageOf(answer);
    return language !== null && !languages.includes(language);
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
