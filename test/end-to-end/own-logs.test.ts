import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../src/cli/free-ports.js';
import { loadConfiguration } from '../../src/config/load.js';
import { storeAddress } from '../../src/config/paths.js';
import { startTrainingEndpoint } from '../../src/demo/training-endpoint.js';
import { total } from '../../src/domain/books.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import { readChainHead } from '../../src/release/chain.js';
import { keys } from '../../src/release/layout.js';
import { readJson } from '../../src/storage/objects.js';
import { openStore } from '../../src/storage/open-store.js';
import { publicData } from '../support/public-data.js';
import { SECRETS } from '../support/project.js';
import { temporalCli } from '../support/temporal.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const KEY = 'OPENAI_API_KEY';

/** What only the user can know, at the places that `holdfast init` leaves open. */
function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((filled, [key, value]) => {
    const open = new RegExp(`^( *${key}:)(?: *#.*)?$`, 'm');
    assert.match(filled, open, `${key} is not left open`);
    return filled.replace(open, `$1 ${value}`);
  }, text);
}

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command line as a user starts it: a process of its own, in the folder with the configuration. */
function start(
  folder: string,
  environment: NodeJS.ProcessEnv,
  argv: readonly string[],
): ChildProcess {
  return spawn(process.execPath, [MAIN, ...argv], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ended(child: ChildProcess): Promise<Ran> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

/** Waits until the process has printed `wanted`, or fails with all it printed when it ends first. */
async function until(child: ChildProcess, wanted: RegExp): Promise<void> {
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      printed += chunk.toString();
      if (wanted.test(printed)) resolve();
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${printed}`)));
  });
}

test("the README's steps on one's own logs, followed on a deployed bot's dialogues", async (t) => {
  const dialogues = publicData(t, 'convai2/2018/data/data_volunteers.json');
  const questions = publicData(t, 'mt_bench/fastchat/llm_judge/data/vicuna_bench/question.jsonl');
  if (dialogues === null || questions === null) return;
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-own-'));
  mkdirSync(join(folder, 'logs'));
  cpSync(dialogues, join(folder, 'logs', 'dialogues.json'));
  writeFileSync(join(folder, 'golden.jsonl'), toEvalFile(readFileSync(questions, 'utf8')));
  const endpoint = await startTrainingEndpoint({
    host: '127.0.0.1',
    port: 0,
    folder: join(folder, 'endpoint'),
    key: SECRETS.providerKey,
  });
  const [port = 0, uiPort = 0] = await freePorts(2);
  const environment = {
    HOLDFAST_TEMPORAL_CLI: temporalCli(),
    HOLDFAST_SPLIT_KEY: SECRETS.splitKey,
    HOLDFAST_OPERATOR: 'operator',
    [KEY]: SECRETS.providerKey,
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
  };
  const ran = (...argv: readonly string[]): Promise<Ran> => ended(start(folder, environment, argv));
  const holdfast = async (...argv: readonly string[]): Promise<string> => {
    const { code, out, err } = await ran(...argv);
    assert.equal(code, 0, `holdfast ${argv.join(' ')}: ${out}${err}`);
    return out;
  };
  let dev: ChildProcess | null = null;
  try {
    const told = await holdfast('init', 'logs', '--evals', 'golden.jsonl');
    const config = join(folder, 'holdfast.yaml');
    writeFileSync(
      config,
      fillIn(readFileSync(config, 'utf8'), {
        unmarked: 'allow',
        baseURL: endpoint.baseURL,
        baseModel: 'local-linear-1',
        pricePerMillionTokens: '0',
        modelId: 'local-linear-1',
        trainedOn: '[]',
      }),
    );
    await holdfast('evals', 'freeze', 'golden.jsonl', '--name', 'golden', '--pin');
    dev = start(folder, environment, ['dev', '--ui-port', String(uiPort)]);
    await until(dev, /Ctrl-C ends all of it/);
    await holdfast('config', 'check');
    const loaded = await loadConfiguration(config);
    const { first } = loaded.configuration.window;
    assert.ok(told.includes(first), `init does not name ${first}: ${told}`);
    assert.match(await holdfast('run', '--window', first, '--dry-run'), /nothing was sent/);
    const store = await openStore(storeAddress(loaded));
    assert.equal((await readChainHead(store, loaded.configuration.model)).entry, null);
    assert.match(await holdfast('run', '--window', first), new RegExp(first));
    await holdfast('status');
    assert.match(await holdfast('report'), /\.html/);

    const { entry } = await readChainHead(store, loaded.configuration.model);
    const manifest = await readJson<ReleaseManifest>(store, keys.release(entry?.release ?? ''));
    const [ingest] = manifest.books;
    assert.equal(ingest?.read, 1111);
    assert.ok(ingest.kept > 10 && ingest.deferred > 0, JSON.stringify(ingest));
    assert.ok(total(ingest.quarantined) > 0, JSON.stringify(ingest));
    assert.ok((manifest.rowsByWindow[first] ?? 0) > 0);

    // Nobody's answer is independent in these logs: no candidate waits, and there is no model to go back to.
    const refused = await ran('approve', 'CANDIDATE', '--reason', 'read the report');
    assert.deepEqual([refused.code, /waits/.test(refused.err)], [2, true], refused.err);
    await holdfast('schedule');
    const back = await ran('rollback', '--reason', 'misfiles invoices');
    assert.notEqual(back.code, 0, back.out);
  } finally {
    if (dev?.exitCode === null) {
      const exited = once(dev, 'exit');
      dev.kill('SIGINT');
      assert.deepEqual(await exited, [0, null]);
    }
    await endpoint.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The benchmark's first turns as an eval file; it has no references. */
function toEvalFile(questions: string): string {
  const lines = questions.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => {
      const { question_id: id, turns } = JSON.parse(line) as {
        question_id: number;
        turns: readonly string[];
      };
      return `${JSON.stringify({ id, input: turns[0], reference: null })}\n`;
    })
    .join('');
}
