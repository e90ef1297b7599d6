import { TOOL_NAMES } from '../../domain/eval-tool.js';
import type { Evidence } from '../../domain/gate.js';
import { html, type Html } from './html.js';
import { suiteName } from './verdict.js';

/** Which suites a harness of the user's own measured, a sentence for each, in the order of their names. */
export function toolSentences({ tools = {} }: Evidence): readonly string[] {
  return Object.entries(tools)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([suite, { tool }]) =>
        `${suiteName(suite)} was asked and scored by ${TOOL_NAMES[tool]}, run as a command for each model; its results were ` +
        'matched with the frozen samples, each once.',
    );
}

/** The same for the report; nothing where every suite was asked from here. */
export function renderTools(evidence: Evidence): Html | null {
  const sentences = toolSentences(evidence);
  if (sentences.length === 0) return null;
  return html`<div class="suite">
    <h3>Measured by a harness of your own</h3>
    ${sentences.map((sentence) => html`<p class="small">${sentence}</p>`)}
  </div>`;
}
