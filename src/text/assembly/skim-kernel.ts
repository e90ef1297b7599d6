/** The skimming of log lines in AssemblyScript. `infra/generate-kernel.mjs` compiles it into `src/formats/skim-kernel-bytes.ts`. */
export {
  initialise,
  isShapeAscii,
  lengthsAt,
  lineAt,
  longestName,
  maximumLine,
  maximumNames,
  maximumValues,
  namesAt,
  resolve,
  resolvedAt,
  shapeAt,
  skim,
  skimmedValues,
  valuesAt,
} from './skimming';
export { findShape, forgetShapes, keepShape } from './shapes';
