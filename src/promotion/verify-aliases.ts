import { DataError } from '../domain/errors.js';
import type { Alias, AuditEntry } from '../domain/model.js';
import type { ObjectStore } from '../storage/object-store.js';
import { aliasKey, parseAlias } from './alias.js';
import type { NumberedEntry } from './audit.js';
import { readVersion } from './pointer-json.js';

const MOVES: readonly string[] = ['champion-declared', 'promoted', 'rolled-back'];

/**
 * Versions of the champion alias that no entry tells of, entries of moves that the alias never made.
 */
export async function aliasProblems(
  store: ObjectStore,
  model: string,
  entries: readonly NumberedEntry[],
): Promise<readonly string[]> {
  const key = aliasKey(model);
  const aliases: Alias[] = [];
  try {
    const newest = (await store.readPointer(key))?.version ?? 0;
    for (let version = 1; version <= newest; version += 1) {
      aliases.push(await readVersion(store, key, version, parseAlias));
    }
  } catch (error) {
    if (error instanceof DataError) return [error.message];
    throw error;
  }
  const untold = [...entries.filter(({ entry }) => MOVES.includes(entry.action))];
  const problems: string[] = [];
  aliases.forEach((alias, index) => {
    const at = untold.findIndex(({ entry }) => tellsOf(entry, aliases, index));
    if (at >= 0) untold.splice(at, 1);
    else {
      problems.push(
        `version ${index + 1} of ${key} (${alias.modelId}) has no entry: it was moved by other means, or its record is not written yet`,
      );
    }
  });
  for (const { number, entry } of untold) {
    problems.push(`entry ${number} (${entry.action}) tells of a move that ${key} never made`);
  }
  return problems;
}

/** Whether an entry is about the move to version `index + 1`. */
function tellsOf(
  { action, subject }: AuditEntry,
  aliases: readonly Alias[],
  index: number,
): boolean {
  const alias = aliases[index];
  const before = aliases[index - 1] ?? null;
  if (alias === undefined) return false;
  switch (action) {
    case 'champion-declared':
      return before === null && subject['modelId'] === alias.modelId;
    case 'promoted':
      return (
        before !== null &&
        subject['candidate'] === alias.modelId &&
        subject['champion'] === alias.previousModelId &&
        subject['evidence'] === alias.evidence &&
        before.modelId === alias.previousModelId
      );
    case 'rolled-back':
      return (
        subject['aliasVersion'] === String(index + 1) &&
        subject['to'] === alias.modelId &&
        subject['from'] === before?.modelId
      );
    default:
      return false;
  }
}
