import { DataError } from '../../domain/errors.js';
import type { EvalTool } from '../../domain/eval-tool.js';
import { inspect } from './inspect.js';
import { lmEval } from './lm-eval.js';
import { promptfoo } from './promptfoo.js';
import type { ExternalScore, ResultChoice, ResultContent, ResultFormat } from './result-file.js';

const formats: readonly ResultFormat[] = [promptfoo, lmEval, inspect];

/** A model's scores as another tool wrote them. */
export interface ExternalResults {
  readonly tool: EvalTool;
  readonly scores: readonly ExternalScore[];
}

/**
 * Reads a file of results by its shape: promptfoo's JSON, the samples of lm-evaluation-harness, or Inspect's JSON log.
 * @throws DataError `eval-results-unreadable`, `eval-results-ambiguous`, `eval-results-unfinished` or
 * `eval-results-repeated`, naming the file.
 */
export function readResults(
  bytes: Uint8Array,
  name: string,
  choice: ResultChoice,
): ExternalResults {
  const content = contentOf(bytes, name);
  const format = formats.find((each) => each.isOf(content));
  if (format === undefined) throw unknownShape(name);
  const scores = format.read(content, choice);
  const ids = new Set<string>();
  for (const { itemId } of scores) {
    if (ids.has(itemId)) {
      throw new DataError('eval-results-repeated', `${name} has two results for item ${itemId}`);
    }
    ids.add(itemId);
  }
  return { tool: format.tool, scores };
}

function contentOf(bytes: Uint8Array, name: string): ResultContent {
  const text = new TextDecoder().decode(bytes).replace(/^\uFEFF/u, '');
  const value = parsed(text);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  // One line of JSON is a document, too; a sample of lm-evaluation-harness says what it is.
  if (value !== undefined && lines.length > 1) return { kind: 'document', name, value };
  const values = lines.map(parsed);
  if (values.length === 0 || values.includes(undefined)) throw unknownShape(name);
  if (lines.length > 1 || lmEval.isOf({ kind: 'lines', name, values })) {
    return { kind: 'lines', name, values };
  }
  return { kind: 'document', name, value };
}

/** What Python writes for numbers that JSON does not have. */
const NO_NUMBER = /(?<=[:,[]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/gu;

/** `undefined` for what is no JSON, nor JSON as Python writes it. */
function parsed(text: string): unknown {
  for (const written of [text, text.replace(NO_NUMBER, 'null')]) {
    try {
      return JSON.parse(written) as unknown;
    } catch {
      continue;
    }
  }
  return undefined;
}

function unknownShape(name: string): DataError {
  return new DataError(
    'eval-results-unreadable',
    `${name} is none of the results that are read: promptfoo's JSON (--output FILE.json), the samples of ` +
      `lm-evaluation-harness (--log_samples), Inspect's log in JSON (--log-format json)`,
  );
}
