import { access } from 'node:fs/promises';
import { askedNameOf } from '../../activities/deployments.js';
import type { LogNames } from '../connectors/log-bytes.js';
import { fewNames } from '../connectors/log-names.js';
import { openConnector, placedSource } from '../connectors/open-connector.js';
import { secretProblems } from '../config/environment.js';
import type { LoadedConfiguration } from '../config/load.js';
import { resolvedTrainedOn, resolvePath } from '../config/paths.js';
import { loadEvalSet } from '../evals/eval-set.js';
import { lineageKey } from '../lineage/lineage.js';
import { readAlias, readDeclaredAlias } from '../promotion/alias.js';
import { openProvider } from '../providers/open-provider.js';
import { listModels } from '../providers/openai-compatible.js';
import { keys } from '../release/layout.js';
import { counted } from '../release/report/numbers.js';
import type { Locking } from '../storage/s3-lock.js';
import { objectLocking } from '../storage/open-store.js';
import { checkDeployment } from './check-deployment.js';
import { checkTemporal } from './check-temporal.js';
import type { CheckItem } from './check-item.js';
import type { CliContext } from './context.js';
import { tellError } from './errors.js';
import { openStoreOf } from './stored-run.js';

type Look = (loaded: LoadedConfiguration, context: CliContext) => Promise<readonly CheckItem[]>;

const HOST_TIMEOUT_MS = 10_000;

/** What `config check` looks at, in the order in which a run needs it. */
export const checks: readonly { readonly name: string; readonly look: Look }[] = [
  { name: 'secrets', look: checkSecrets },
  { name: 'store', look: checkStore },
  { name: 'logs', look: checkSources },
  { name: 'evals', look: checkEvals },
  { name: 'champion', look: checkChampion },
  { name: 'temporal', look: checkTemporal },
  { name: 'training', look: checkHosts },
  { name: 'deployment', look: checkDeployment },
];

async function checkSecrets(
  { configuration }: LoadedConfiguration,
  { environment }: CliContext,
): Promise<readonly CheckItem[]> {
  const problems = secretProblems(configuration, environment);
  if (problems.length === 0) return [ok('secrets', 'all set')];
  return problems.map((detail) => ({ name: 'secrets', outcome: 'failed', detail }));
}

async function checkStore(loaded: LoadedConfiguration): Promise<readonly CheckItem[]> {
  const store = await openStoreOf(loaded);
  await store.head(keys.configuration(loaded.digest));
  return [ok('store', store.uri), ...lockItems(await objectLocking(store.uri))];
}

/** What keeps eval sets and audit entries from being deleted. */
function lockItems(locking: Locking | null): readonly CheckItem[] {
  switch (locking?.kind) {
    case undefined:
    case 'absent':
      return [];
    case 'locks': {
      const { mode, days } = locking.retention;
      const how = `for ${counted(days, 'day')} (${mode.toLowerCase()})`;
      return [ok('store', `eval sets and audit entries are locked ${how}`)];
    }
    case 'unused': {
      const detail =
        'the bucket has Object Lock, but eval sets and audit entries are not locked\n' +
        'add retentionMode=governance&retentionDays=365 to the address to lock them';
      return [{ name: 'store', outcome: 'warning', detail }];
    }
    case 'unknown': {
      const detail =
        'these credentials may not ask for Object Lock (s3:GetBucketObjectLockConfiguration)';
      return [{ name: 'store', outcome: 'warning', detail }];
    }
  }
}

async function checkSources(loaded: LoadedConfiguration): Promise<readonly CheckItem[]> {
  return Promise.all(
    loaded.configuration.sources.map(async (source) => {
      const { path } = placedSource(loaded.baseFolder, source);
      try {
        const connector = openConnector({ ...source, path });
        const { logs: objects, others } = await connector.look();
        const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
        if (objects.length === 0) return failed('logs', `${path} holds no logs`);
        const read = `${path}: ${counted(objects.length, 'object')}, ${counted(bytes, 'byte')}`;
        return others.length === 0 ? ok('logs', read) : leftOut(read, others, connector.names);
      } catch (error) {
        return failed('logs', tellError(error).message);
      }
    }),
  );
}

function leftOut(read: string, unknown: readonly string[], { endings }: LogNames): CheckItem {
  const detail =
    `${read}\n${counted(unknown.length, 'other file')} will not be read (${fewNames(unknown)}): ` +
    `logs end in ${endings}`;
  return { name: 'logs', outcome: 'warning', detail };
}

async function checkEvals(loaded: LoadedConfiguration): Promise<readonly CheckItem[]> {
  const { evals } = loaded.configuration;
  if (evals.length === 0) {
    const how = 'no eval set is frozen: holdfast evals freeze FILE --name NAME --pin';
    return [failed('evals', how)];
  }
  const store = await openStoreOf(loaded);
  return Promise.all(
    evals.map(async (set) => {
      try {
        const samples = await loadEvalSet(store, set);
        return ok('evals', `${set.name}: ${counted(samples.length, 'sample')}, as pinned`);
      } catch (error) {
        return failed('evals', tellError(error).message);
      }
    }),
  );
}

async function checkChampion(loaded: LoadedConfiguration): Promise<readonly CheckItem[]> {
  const { champion, model } = loaded.configuration;
  const store = await openStoreOf(loaded);
  const alias = await readDeclaredAlias(store, model, champion.modelId);
  const serving = alias?.alias.modelId ?? `${champion.modelId}, to be declared by the first run`;
  const files = resolvedTrainedOn(loaded);
  if (files === 'unknown') {
    const meaning = 'trained on unknown: clean will mean clean of what holdfast trained';
    return [ok('champion', serving), { name: 'champion', outcome: 'warning', detail: meaning }];
  }
  const isInStore = (await store.head(lineageKey(champion.modelId))) !== null;
  const gone = isInStore ? [] : await filesNotThere(files);
  const told = gone.map((file) => failed('champion', `trained on ${file}, which cannot be read`));
  return [ok('champion', serving), ...told];
}

async function filesNotThere(files: readonly string[]): Promise<readonly string[]> {
  const isThere = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => isThere[index] === false);
}

async function checkHosts(
  loaded: LoadedConfiguration,
  { environment }: CliContext,
): Promise<readonly CheckItem[]> {
  const { train, chat, champion, model } = loaded.configuration;
  const store = await openStoreOf(loaded);
  const { modelId } = (await readAlias(store, model))?.alias ?? champion;
  const serving = await askedNameOf({ store }, loaded.configuration, modelId);
  const key = (variable: string): string => environment[variable] ?? '';
  const provider = openProvider(train, {
    key: key(train.keyVariable),
    clock: LOOKING_ONLY,
    environment: {},
    resolvePath: (path) => resolvePath(loaded, path),
    timeoutMs: HOST_TIMEOUT_MS,
  });
  const trained = async (): Promise<readonly string[] | null> =>
    (await provider.models())?.map(({ id }) => id) ?? null;
  const served = (): Promise<readonly string[]> =>
    listModels({
      baseURL: chat.baseURL,
      key: key(chat.keyVariable),
      timeoutMs: HOST_TIMEOUT_MS,
    });
  const where = train.baseURL ?? `the command ${train.command?.[0] ?? ''}`;
  return [
    ...(await lookAtHost('training', where, trained, train.baseModel)),
    ...(await lookAtHost('chat', chat.baseURL, served, serving)),
  ];
}

/** Listing models waits for nothing and leaves nothing to chance. */
const LOOKING_ONLY = { now: () => 0, sleep: () => Promise.resolve(), random: () => 0 };

/** Lists a host's models, which costs nothing. Hosts need not list every model, so an absent one is a warning. */
async function lookAtHost(
  name: string,
  baseURL: string,
  ask: () => Promise<readonly string[] | null>,
  wanted: string,
): Promise<readonly CheckItem[]> {
  try {
    const models = await ask();
    if (models === null) return [ok(name, `${baseURL} lists no models; the first job will tell`)];
    if (models.includes(wanted)) return [ok(name, `${baseURL} serves ${wanted}`)];
    const detail = `${baseURL} answers, but does not list ${wanted}`;
    return [{ name, outcome: 'warning', detail }];
  } catch (error) {
    return [failed(name, tellError(error).message)];
  }
}

function ok(name: string, detail: string): CheckItem {
  return { name, outcome: 'ok', detail };
}

function failed(name: string, detail: string): CheckItem {
  return { name, outcome: 'failed', detail };
}
