import { count } from '../domain/books.js';
import type { CanonicalRecord } from '../domain/record.js';

/** What the books note of a record's content where it is kept, as a text that is small and mostly another's too. */
export function notesOf({ redactions, imagesLeftOut = 0 }: CanonicalRecord): string {
  let notes = imagesLeftOut > 0 ? `images-left-out=${imagesLeftOut}` : '';
  for (const type in redactions) {
    notes += `${notes === '' ? '' : ' '}redacted-${type}=${redactions[type]}`;
  }
  return notes;
}

/** Adds what `notesOf` gave. */
export function addNotes(counts: Record<string, number>, notes: string): void {
  if (notes === '') return;
  for (const note of notes.split(' ')) {
    const [reason = '', amount] = note.split('=');
    count(counts, reason, Number(amount));
  }
}
