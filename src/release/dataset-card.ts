import { total, type Books } from '../domain/books.js';
import { describeGeneration } from '../domain/generation.js';
import type { ReleaseManifest } from '../domain/manifest.js';
import { TURN_NOTES } from '../domain/turn-notes.js';
import { plain } from './markdown.js';
import { booksRows, reasonList } from './report/books.js';
import { formatCount } from './report/numbers.js';

/**
 * The dataset card of a release, in Markdown: what the dataset is, how it was made and what was left out.
 * It is a file of the release, so it holds no time and nothing but what the manifest says.
 */
export function renderDatasetCard(manifest: ReleaseManifest): string {
  const { model, window } = manifest;
  const sections = [
    `# ${plain(model)}, ${window.id}`,
    summaryOf(manifest),
    `## Files\n\n${filesTable(manifest)}`,
    `## How it was made\n\n${booksTable(manifest.books)}`,
    `## What it must not hold\n\n${evalSetsOf(manifest)}`,
    `## Training rows by window\n\n${rowsTable(manifest)}`,
    `## Provenance\n\n${provenanceOf(manifest)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function summaryOf(manifest: ReleaseManifest): string {
  const { window, skippedBecause } = manifest;
  if (skippedBecause !== null) {
    return `An empty release: the window was skipped (${plain(skippedBecause)}).`;
  }
  const rows = formatCount(total(manifest.rowsByWindow));
  return (
    `${rows} training rows from production logs up to ${window.to.slice(0, 10)} (UTC, exclusive); ` +
    `this window began on ${window.from.slice(0, 10)}. Personal data was redacted before anything was ` +
    'written; patterns find most of it, not all.' +
    pairsOf(manifest) +
    turnsOf(manifest) +
    continuationOf(manifest)
  );
}

/** What rows hold beside one text that answers one prompt, by the notes of the last step. */
function turnsOf({ books, method }: ReleaseManifest): string {
  const notes = books.at(-1)?.notes ?? {};
  const [trained = 0, context = 0, calls = 0] = [
    notes[TURN_NOTES.trained],
    notes[TURN_NOTES.context],
    notes[TURN_NOTES.calls],
  ];
  const told = [
    ...(trained > 0 ? [`${formatCount(trained)} earlier answers are trained on too`] : []),
    ...(context > 0
      ? [
          `${formatCount(context)} earlier answers are context${method === undefined ? ', with a weight of 0' : ''}`,
        ]
      : []),
    ...(calls > 0 ? [`${formatCount(calls)} rows are trained to call tools`] : []),
  ];
  return told.length === 0 ? '' : `\n\nOf conversations: ${told.join('; ')}.`;
}

function pairsOf({ method }: ReleaseManifest): string {
  if (method === undefined) return '';
  return (
    '\n\nThe rows are pairs for preference tuning: an answer that somebody corrected, preferred to what the model had ' +
    'answered. Records without such a pair were left out; both answers were held against what it must not hold.'
  );
}

function continuationOf({ continues }: ReleaseManifest): string {
  if (continues === undefined) return '';
  const { modelId, replay } = continues;
  return (
    `\n\nThese rows train ${plain(modelId)} further: rows that it was trained on before are left out, but for ` +
    `those of earlier windows that are repeated so that little is forgotten (${(replay * 100).toFixed(1)} % asked for).`
  );
}

function filesTable({ files }: ReleaseManifest): string {
  if (files.length === 0) return 'None.';
  const rows = files.map(
    ({ name, count, bytes, sha256 }) =>
      `| ${name} | ${formatCount(count)} | ${formatCount(bytes)} | \`${sha256}\` |`,
  );
  return ['| file | records | bytes | SHA-256 |', '|---|---:|---:|---|', ...rows].join('\n');
}

function booksTable(books: readonly Books[]): string {
  if (books.length === 0) return 'No step ran.';
  const rows = books
    .flatMap(booksRows)
    .map(
      ({ stage, read, kept, dropped, quarantined, deferred }) =>
        `| ${stage} | ${formatCount(read)} | ${formatCount(kept)} | ${cell(reasonList(dropped))} | ` +
        `${cell(reasonList(quarantined))} | ${formatCount(deferred)} |`,
    );
  return [
    '| step | read | kept | dropped | quarantined | deferred |',
    '|---|---:|---:|---|---|---:|',
    ...rows,
  ].join('\n');
}

function evalSetsOf({ evalSets, holdoutFraction }: ReleaseManifest): string {
  const holdout = `No row is in, or near to, the held-out ${(holdoutFraction * 100).toFixed(1)} % of this window or of any before it.`;
  const sets = evalSets.map(({ name, digest }) => `- ${name}, \`${digest}\``);
  return sets.length === 0
    ? holdout
    : `Rows that give a sample of these frozen sets away were left out:\n\n${sets.join('\n')}\n\n${holdout}`;
}

function rowsTable({ rowsByWindow }: ReleaseManifest): string {
  const entries = Object.entries(rowsByWindow).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return 'None.';
  const rows = entries.map(([window, count]) => `| ${window} | ${formatCount(count)} |`);
  return ['| window | rows |', '|---|---:|', ...rows].join('\n');
}

function provenanceOf(manifest: ReleaseManifest): string {
  const { versions, parentRelease, generation } = manifest;
  return [
    `- closed input \`${manifest.windowManifestDigest}\``,
    `- configuration \`${manifest.configDigest}\``,
    `- release before \`${parentRelease ?? 'none'}\``,
    `- holdfast ${versions.holdfast}, redactor ${versions.redactor}, normaliser ${versions.normaliser}, index ${versions.index}`,
    ...(generation === undefined ? [] : [`- ${describeGeneration(generation)}`]),
  ].join('\n');
}

function cell(text: string): string {
  return text === '' ? '–' : plain(text);
}
