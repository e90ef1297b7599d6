import { readFileSync } from 'node:fs';

/** Linux counts what ended children took in hundredths of a second, whatever the kernel's own clock is (proc(5)). */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time, user's and system's, of this process and of its children that have ended. */
export function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + endedChildrenSeconds();
}

/** 0 where there is no `/proc`. */
function endedChildrenSeconds() {
  let stat;
  try {
    stat = readFileSync('/proc/self/stat', 'utf8');
  } catch {
    return 0;
  }
  // The second field is the program's name in brackets, which may hold anything; what follows is counted from there.
  const [, , , , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}
