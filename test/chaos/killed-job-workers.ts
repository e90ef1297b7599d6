import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PollResult } from '../../src/domain/contracts.js';
import type { JobResolution } from '../../src/domain/job.js';
import { temporaryFolder } from '../support/folders.js';
import { fastClock } from '../support/providers/fast-clock.js';
import { paidJobs, startJobServer, type JobServer } from '../support/providers/job-server.js';
import { openaiProtocol } from '../support/providers/openai-server.js';
import { createRandom } from '../support/random.js';

const WORKER = fileURLToPath(new URL('../support/providers/job-worker.js', import.meta.url));

/** What became of runs whose workers were killed. */
export interface KilledReport {
  readonly runs: number;
  readonly kills: number;
  readonly parked: number;
  readonly wrong: readonly string[];
}

/**
 * Runs fine-tunes in processes that are killed (SIGKILL) at random moments, three times each at most, against a
 * server whose listing is late, or silent in every third run.
 */
export async function killJobWorkers(runs: number, seed: number): Promise<KilledReport> {
  const random = createRandom(seed);
  const wrong: string[] = [];
  let [kills, parked] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const isSilent = run % 3 === 2;
    const habits = { now: fastClock.now, listDelayMs: 15_000, isSilent, readsToEnd: 2 };
    const server = await startJobServer(openaiProtocol, habits);
    const folder = await temporaryFolder();
    const deaths = Array.from({ length: 1 + Math.floor(random() * 3) }, () => random() * 400);
    const told: string[] = [];
    let ended: PollResult | null = null;
    while (ended === null) {
      const lifeMs = deaths.shift();
      const life = await live(folder, server, lifeMs ?? null, told);
      if (life === 'killed') kills += 1;
      else ended = life;
    }
    parked += told.includes('parked') ? 1 : 0;
    const problem = problemOf(ended, server);
    if (problem !== null) wrong.push(`run ${run}${isSilent ? ', silent' : ''}: ${problem}`);
    await server.close();
  }
  return { runs, kills, parked, wrong };
}

/** One worker's life: until the job has ended, or until it is killed so long after its first request. */
async function live(
  folder: string,
  server: JobServer,
  lifeMs: number | null,
  told: string[],
): Promise<PollResult | 'killed'> {
  const child = spawn(process.execPath, [WORKER, folder, server.baseURL], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const before = server.seen.length;
  const killer =
    lifeMs === null ? null : killAfter(child, lifeMs, () => server.seen.length > before);
  let ended: PollResult | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    // A test runner's own lines come along with its modules.
    if (line !== 'parked' && !line.startsWith('{')) continue;
    told.push(line);
    if (line === 'parked') child.stdin.write(`${JSON.stringify(decide(server))}\n`);
    else ended = JSON.parse(line) as PollResult;
  }
  await killer;
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  if (child.signalCode === 'SIGKILL') return 'killed';
  if (ended === null) throw new Error(`a worker ended with ${child.exitCode} and no result`);
  return ended;
}

async function killAfter(child: ChildProcess, ms: number, hasBegun: () => boolean): Promise<void> {
  const wait = (time: number): Promise<void> => new Promise((done) => setTimeout(done, time));
  while (!hasBegun() && child.exitCode === null) await wait(1);
  await wait(ms);
  child.kill('SIGKILL');
}

/** What a person says who looks at the provider's own console. */
function decide({ state }: JobServer): JobResolution {
  const [job] = paidJobs(state);
  return job === undefined
    ? { kind: 'retry', by: 'ana' }
    : { kind: 'adopt', jobId: job.id, by: 'ana' };
}

function problemOf(ended: PollResult, { state }: JobServer): string | null {
  if (state.jobs.length !== 1) return `${state.jobs.length} jobs were made`;
  if (ended.kind !== 'succeeded') return `it ended as ${ended.kind}`;
  return ended.modelId.endsWith(`:${state.jobs[0]?.id}`) ? null : 'it took another model';
}
