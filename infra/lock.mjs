import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 200;
let count = 0;

/**
 * Runs `work` while no other process of this machine runs what is behind the same lock file.
 * A lock whose owner no longer runs is taken over.
 * @template T
 * @param {string} path
 * @param {{ onWait: (owner: number) => void }} options called once, when another process has to be waited for
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, { onWait }, work) {
  mkdirSync(dirname(path), { recursive: true });
  // Linked into place with its content, so that nobody ever reads a lock without an owner.
  count += 1;
  const mine = `${path}.${process.pid}-${count}`;
  writeFileSync(mine, String(process.pid));
  let isWaiting = false;
  let isMine = false;
  const release = () => {
    rmSync(mine, { force: true });
    if (isMine) rmSync(path, { force: true });
  };
  // A signal ends the process without unwinding.
  process.once('exit', release);
  try {
    while (!take(mine, path)) {
      const owner = Number(read(path));
      if (owner !== 0 && !isRunning(owner)) {
        takeAway(path, owner);
        continue;
      }
      if (!isWaiting) onWait(owner);
      isWaiting = true;
      await delay(POLL_MS);
    }
    isMine = true;
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

function take(mine, path) {
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function takeAway(path, deadOwner) {
  const aside = `${path}.dead-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  // Somebody else may have taken the dead lock away and locked anew between reading and renaming: give it back.
  if (Number(read(aside)) !== deadOwner) take(aside, path);
  rmSync(aside, { force: true });
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '0';
    throw error;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
