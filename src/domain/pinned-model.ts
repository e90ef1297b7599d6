/** Families whose bare names move on to another model by and by; only a dated or numbered snapshot stays. */
const MOVING_FAMILIES =
  /^(?:gpt|chatgpt|o\d|claude|gemini|mistral|codestral|magistral|command|grok)/;

/** 2026-01-15, 20260115, 0125, 2512 or -001, behind a hyphen or an at sign. */
const SNAPSHOT = /[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{3})(?![\w.])/;

/**
 * Why a name is no model's own for good, as the end of a message; `null` where it is. `gpt-4.1-2025-04-14` and
 * `Qwen/Qwen3-32B` are, `gpt-4.1`, `claude-sonnet-latest` and `judge` are not.
 */
export function pinComplaint(id: string): string | null {
  const name = lastPart(id);
  const isMoving = MOVING_FAMILIES.test(name) && !SNAPSHOT.test(name);
  if (!isMoving && /\d/.test(name) && !/latest/.test(name)) return null;
  return 'expected a model that stays the same, by a dated or numbered name such as mistral-large-2512 or Qwen3-32B';
}

/**
 * The family of a model by its name, in lower case: `llama` of `meta-llama/Llama-3.1-8B-Instruct`, `gpt` of
 * `ft:gpt-4.1-mini-2025-04-14:us`; `null` where the name begins with no letter. Meta wrote its own name before some of
 * Llama's: `meta-llama/Meta-Llama-3.1-8B-Instruct` is of the same family.
 */
export function familyOf(id: string): string | null {
  return /^(?:meta[-.](?=llama))?([a-z]+)/.exec(lastPart(id))?.[1] ?? null;
}

/** Without an organisation before it and `ft:` at its front, in lower case. */
function lastPart(id: string): string {
  const base = id.toLowerCase().replace(/^ft:/, '');
  return base.split('/').at(-1) ?? base;
}
