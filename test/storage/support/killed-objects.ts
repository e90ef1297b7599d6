/** The pointer that all writers move. */
export const COUNTER = 'counter';

const MEBIBYTE = 1024 * 1024;

/** A key that says what its object has to hold: `objects/WRITER/NUMBER-BYTES-SEED`. */
export interface KilledKey {
  readonly text: string;
  readonly bytes: number;
  readonly seed: number;
}

/** The key of a writer's object with this number. */
export function killedKey(writer: number, number: number, bytes: number): KilledKey {
  const seed = writer * 1_000 + number;
  return { text: `objects/${writer}/${number}-${bytes}-${seed}`, bytes, seed };
}

/** Reads such a key. */
export function readKilledKey(text: string): KilledKey {
  const [, bytes, seed] = /-(\d+)-(\d+)$/.exec(text) ?? [];
  if (bytes === undefined || seed === undefined) throw new Error(`${text} is no such key`);
  return { text, bytes: Number(bytes), seed: Number(seed) };
}

/** Mostly small, some of several hundred kilobytes, and one in twenty of 5 to 12 MiB. */
export function sizeOf(random: number): number {
  if (random < 0.5) return Math.floor(random * 8_000);
  if (random < 0.95) return Math.floor((random - 0.5) * 1_500_000);
  return Math.floor((5 + (random - 0.95) * 140) * MEBIBYTE);
}
