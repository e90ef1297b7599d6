/**
 * The word splitter and the sketch for ASCII texts in AssemblyScript, bit for bit what `word-splitter.ts`,
 * `runs.ts` and `dedup/sketch.ts` compute. `infra/generate-kernel.mjs` compiles it into `kernel-bytes.ts`.
 */
export {
  endsAt,
  foldedAt,
  highsAt,
  initialise,
  kindsAt,
  lowsAt,
  maximumBytes,
  maximumWords,
  roundsAt,
  runHighsAt,
  runLowsAt,
  slotsAt,
  startsAt,
  textAt,
} from './layout';
export { split, unreadCount } from './splitting';
export { hashRuns, hashText, sketch } from './sketching';
