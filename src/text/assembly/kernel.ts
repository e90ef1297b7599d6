/**
 * The word splitter, the sketch and the search for runs in AssemblyScript, bit for bit what `word-splitter.ts`,
 * `runs.ts`, `dedup/sketch.ts` and `plain-seeker.ts` compute. `infra/generate-kernel.mjs` compiles it into `kernel-bytes.ts`.
 */
export {
  endsAt,
  foldedAt,
  highsAt,
  initialise,
  inputAt,
  kindsAt,
  lowsAt,
  maximumBytes,
  maximumStretches,
  maximumWords,
  membersAt,
  roomAt,
  roundsAt,
  runHighsAt,
  runLowsAt,
  skeletonAt,
  slotsAt,
  startsAt,
  stretchesAt,
  textAt,
} from './layout';
export { stretchCount, unitCount } from './folding';
export { countCommon, distinctCount, loadSet } from './comparing';
export { isAsKept, keepSkeleton, rowEnd, scanRow, skeletonLength, takeText } from './scanning';
export { unreadCount } from './reading';
export { mayHaveMarkup } from './markup';
export { seek, useTables } from './seeking';
export { split } from './splitting';
export { hashRuns, hashText, sketch } from './sketching';
