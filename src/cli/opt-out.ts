import { readFile } from 'node:fs/promises';
import type { Command } from './command-line.js';
import { SPLIT_KEY_VARIABLE, splitKeyIn } from '../config/environment.js';
import { ConfigError, PrerequisiteError } from '../domain/errors.js';
import { type OptOut, optOutHashes, parseOptOuts } from '../ingest/opt-outs.js';
import { appendAudit, readAudit } from '../promotion/audit.js';
import { addOptOuts } from '../promotion/opt-out-list.js';
import { readChain, readChainHead } from '../release/chain.js';
import { counted } from '../release/report/numbers.js';
import { splitKeyFingerprint } from '../split/place.js';
import type { ObjectStore } from '../storage/object-store.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { operatorOf, reasonOf } from './operator.js';
import { openStoreOf } from './stored-run.js';

interface OptOutOptions extends CommonOptions {
  readonly record?: readonly string[];
  readonly user?: readonly string[];
  readonly tenant?: string;
  readonly file?: string;
  readonly reason: string;
  readonly by?: string;
}

const HELP = `
Examples:
  holdfast opt-out add --user u-4711 --tenant acme --reason "asked by mail"
  holdfast opt-out add --record chatcmpl-17 --reason "holds a contract"
  holdfast opt-out add --file leaving.jsonl --reason "left in March"
`;

/** `holdfast opt-out add`: records and users that no later window reads or trains on. */
export function registerOptOut(program: Command, context: CliContext): void {
  const command = program
    .command('opt-out')
    .summary('leave records and users out for good')
    .command('add')
    .summary('add records and users to the list, for good')
    .description(
      "Writes keyed hashes of records and users to the model's list, with an audit entry; nothing is taken " +
        'off it. Every window that is closed from then on reads nothing of theirs, trains on none of their ' +
        'earlier rows and asks none of their samples. What earlier releases hold stays in them.',
    )
    .option('--record <id...>', 'ids of records, as the log has them')
    .option('--user <id...>', 'ids of users, as the log has them')
    .option('--tenant <name>', 'the tenant of these users, where the log has tenants')
    .option('--file <path>', 'a file with an id, a hash or an object on each line')
    .requiredOption('--reason <text>', 'why; goes into the audit log')
    .option('--by <name>', 'who; the user at the terminal otherwise')
    .addHelpText('after', HELP);
  defineAction<OptOutOptions>(command, context, (options) => addOptOut(options, context));
}

async function addOptOut(options: OptOutOptions, context: CliContext): Promise<ExitCode> {
  const { environment, output, now } = context;
  const reason = reasonOf(options.reason);
  const by = operatorOf(options.by, environment);
  const optOuts = await optOutsIn(options);
  const loaded = await loadFor(options);
  const key = splitKeyIn(environment);
  if (key === null) {
    throw new PrerequisiteError(
      `${SPLIT_KEY_VARIABLE} is not set; opt-outs are hashed with it, so it has to be the workers'`,
    );
  }
  const { model } = loaded.configuration;
  const store = await openStoreOf(loaded);
  const fingerprint = splitKeyFingerprint(key);
  await assertChainKey(store, model, fingerprint);
  const hashes = optOuts.map((optOut) => optOutHashes(optOut, key));
  const at = now().toISOString();
  const entry = { v: 1, at, by, splitKeyFingerprint: fingerprint, hashes: hashes.flat() } as const;
  const { version, added: addedHashes } = await addOptOuts(store, model, entry);
  if (version > 0 && !(await isAudited(store, model, version))) {
    const subject = { list: String(version) };
    await appendAudit(store, model, { v: 1, at, action: 'opted-out', by, reason, subject });
  }
  const named = [...new Map(hashes.map((each) => [each.join(), each])).values()];
  const added = named.filter((each) => each.some((hash) => addedHashes.includes(hash))).length;
  const known = named.length - added;
  output.line(
    `${counted(added, 'opt-out')} added to ${model} by ${by}${known > 0 ? `, ${known} there already` : ''}; ` +
      'every window that is closed from now on leaves them out',
  );
  output.result({ model, added, known, version, by, at });
  return 0;
}

/** A command that ended between list and audit log is completed by the same command. */
async function isAudited(store: ObjectStore, model: string, version: number): Promise<boolean> {
  const entries = await readAudit(store, model);
  return entries.some(
    ({ entry }) => entry.action === 'opted-out' && entry.subject['list'] === String(version),
  );
}

async function optOutsIn(options: OptOutOptions): Promise<readonly OptOut[]> {
  const { record = [], user = [], tenant = null, file } = options;
  const read = file === undefined ? [] : parseOptOuts(await readFileOf(file), file);
  const found: OptOut[] = [
    ...record.map((id) => ({ kind: 'record', id }) as const),
    ...user.map((each) => ({ kind: 'user', tenant, user: each }) as const),
    ...read,
  ];
  if (found.length === 0) throw new ConfigError('name somebody: --record, --user or --file');
  return found;
}

async function readFileOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`${path} cannot be read`, { cause: error });
  }
}

/** @throws ConfigError where the chain was split with another key, whose hashes would be others */
async function assertChainKey(
  store: ObjectStore,
  model: string,
  fingerprint: string,
): Promise<void> {
  const { entry } = await readChainHead(store, model);
  const [last] = (await readChain(store, entry?.release ?? null)).slice(-1);
  if (last === undefined || last.manifest.splitKeyFingerprint === fingerprint) return;
  throw new ConfigError(
    `${SPLIT_KEY_VARIABLE} is not the key of the chain of ${model}; hashes made with another would be of nobody`,
  );
}
