import { readdirSync, readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The files by which a program of the user's is found again, all in a folder of its own. */
export const RUN_FILES = {
  /** Made once, by the one runner that runs the program. */
  started: 'started.json',
  /** Somebody wants it to stop. */
  cancelled: 'cancelled.json',
  /** How the program ended. */
  ended: 'ended.json',
} as const;

/** The files of a trainer's job beside them. The trainer writes `progress.json` and `result.json`. */
export const JOB_FILES = {
  /** The release's training file. */
  training: 'train.jsonl',
  /** What the job is: base model, hyperparameters, seed, run key. */
  job: 'job.json',
  progress: 'progress.json',
  result: 'result.json',
  log: 'trainer.log',
} as const;

export const startedShape = z.object({ pid: z.int().min(2), birth: z.string(), host: z.string() });

/** `code`: the exit code; `error`: why the program could not be started; `isLate`: it was stopped, its time was over. */
export const endedShape = z.object({
  code: z.int().nullable(),
  signal: z.string().nullable(),
  error: z.string().nullable(),
  isLate: z.boolean().optional(),
});

/** What a runner is told beside the program. */
export interface RunnerSettings {
  /** The file in the folder that holds what the program prints. */
  readonly log: string;
  /** How much of that is kept; `null`: all. */
  readonly logBytes: number | null;
  /** How long the program may take; `null`: as long as it likes. */
  readonly timeoutMs: number | null;
  /** How long it may take to stop. */
  readonly graceMs: number;
}

/** Until what was told to stop is killed. */
export const GRACE_MS = 30_000;

const figure = z.number().optional().catch(undefined);

/** What a trainer may write while it trains, under another name first and then renamed; all else in it is let be. */
export const progressShape = z.object({
  share: z.number().min(0).max(1).optional().catch(undefined),
  step: figure,
  loss: figure,
});

/** What a trainer writes when it is done, under another name first and then renamed. */
export const resultShape = z.object({
  /** The name under which the chat host serves the model. */
  modelId: z.string().min(1),
  trainedTokens: z.number().min(0).optional(),
  /** USD. */
  cost: z.number().min(0).optional(),
});

/** A JSON file of the shape, or `null` where it is absent or is not (yet) of it. */
export async function readShape<Shape extends z.ZodType>(
  folder: string,
  name: string,
  shape: Shape,
): Promise<z.infer<Shape> | null> {
  try {
    return shape.safeParse(JSON.parse(await readFile(join(folder, name), 'utf8'))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || isAbsent(error)) return null;
    throw error;
  }
}

let written = 0;

/** Writes a file that is whole or absent for whoever reads it. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  written += 1;
  const unfinished = `${path}.${process.pid}-${written}.tmp`;
  await writeFile(unfinished, content);
  await rename(unfinished, path);
}

export function isAbsent(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ENOENT';
}

/**
 * What tells a process from a later one with the same number: the machine's boot and the clock tick at which it
 * began (proc(5), field 22). `null` where there is no such process, or only its remains.
 */
export function birthOf(pid: number): string | null {
  const fields = statOf(pid);
  return fields === null || isRemains(fields) ? null : birthIn(fields);
}

/**
 * Whether the runner that was born so, or any process of the group that it leads, still runs. Within a boot a
 * number is not given anew while its group is there: a process that has it and another birth, living or not, says
 * that the group is gone, and so does another boot. What has the number then is somebody else's.
 */
export function isGroupAlive(runner: { readonly pid: number; readonly birth: string }): boolean {
  if (!runner.birth.startsWith(`${bootId()}:`)) return false;
  const fields = statOf(runner.pid);
  if (fields !== null && birthIn(fields) !== runner.birth) return false;
  if (fields !== null && !isRemains(fields)) return true;
  return hasFollowers(runner.pid);
}

/** Whether anything beside its leader runs in a process group. */
export function hasFollowers(leader: number): boolean {
  const pids = readdirSync('/proc').filter((name) => /^[0-9]+$/u.test(name));
  return pids.some((pid) => {
    const member = pid === String(leader) ? null : statOf(Number(pid));
    return member !== null && !isRemains(member) && member[2] === String(leader);
  });
}

function birthIn(fields: readonly string[]): string {
  return `${bootId()}:${fields[19]}`;
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function isRemains([state]: readonly string[]): boolean {
  return state === 'Z' || state === 'X';
}

/** The fields of a process behind its name: state, parent, group, … (proc(5), from field 3 on). */
function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets, and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (isAbsent(error) || (error as { readonly code?: unknown }).code === 'ESRCH') return null;
    throw error;
  }
}
