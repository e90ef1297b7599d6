const [OFFSET_BASIS, PRIME] = [0x811c9dc5, 0x01000193];

/**
 * 32 bits of a text: FNV-1a of its UTF-16 units. It is for looking for texts that may be equal, and costs little; whoever
 * chooses the texts can choose some with one hash.
 */
export function textHash(text: string): number {
  let hash = OFFSET_BASIS;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  }
  return hash >>> 0;
}
