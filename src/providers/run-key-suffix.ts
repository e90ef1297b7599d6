/** The suffix of a job that carries its run key in it: `hf-` and the key's 32 digits, of 40 characters that all hosts take. */
export function suffixOf(runKey: string): string {
  return `hf-${runKey.slice(0, 32)}`;
}

/** The run key in a job's suffix, or in a name that ends with it or holds it; `null` where there is none. */
export function keyInSuffix(text: string | null | undefined): string | null {
  return /\bhf-([0-9a-f]{32})\b/u.exec(text ?? '')?.[1] ?? null;
}
