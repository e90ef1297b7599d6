import type { RowSpill } from '../formats/row-spill.js';
import { createConversationWriter } from './conversation-json.js';

/** What the chain would remember of the call at a place of the spill if it stood alone; valid until the next. */
export type LoneConversation = (place: number) => Uint8Array;

export function createLoneConversations(spill: RowSpill): LoneConversation {
  const write = createConversationWriter();
  return (place) => write(spill.read(place), spill.readNote(place));
}
