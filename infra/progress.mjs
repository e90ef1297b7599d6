import { performance } from 'node:perf_hooks';

const REDRAW_MS = 500;
const REMINDER_MS = 30_000;

/**
 * Says what is going on and for how long: one line that counts seconds in a terminal, plain lines elsewhere.
 * Steps may overlap; a terminal shows all of them in its line.
 * @param {NodeJS.WriteStream} stream
 */
export function createProgress(stream, { isTerminal = stream.isTTY === true } = {}) {
  /** @type {Set<{ title: string, startedMs: number }>} */
  const running = new Set();
  let ticking = null;

  function clear() {
    if (isTerminal && running.size > 0) stream.write('\r\x1b[2K');
  }

  function say(line) {
    clear();
    stream.write(`${line}\n`);
  }

  function tick() {
    const lines = [...running].map((step) => `${step.title} … ${elapsed(step.startedMs)}`);
    if (!isTerminal) {
      for (const line of lines) stream.write(`${line}\n`);
      return;
    }
    const line = lines.join(' · ');
    stream.write(`\r\x1b[2K${line.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
  }

  /**
   * Runs `work` and shows `title` with the time it takes.
   * @template T
   * @param {string} title
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async function step(title, work) {
    const entry = { title, startedMs: performance.now() };
    if (!isTerminal) stream.write(`${title} …\n`);
    running.add(entry);
    ticking ??= setInterval(tick, isTerminal ? REDRAW_MS : REMINDER_MS);
    let end = 'failed after';
    try {
      const result = await work();
      end = 'done in';
      return result;
    } finally {
      clear();
      running.delete(entry);
      stream.write(`${title}: ${end} ${elapsed(entry.startedMs)}\n`);
      if (running.size === 0) {
        clearInterval(ticking);
        ticking = null;
      }
    }
  }

  return { say, step };
}

/** How long ago that was, as `inWords` says it. */
export function elapsed(startedMs) {
  return inWords(performance.now() - startedMs);
}

/** `4.2 s` under a minute, `3 min 07 s` from then on. */
export function inWords(durationMs) {
  const seconds = durationMs / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const rest = String(Math.floor(seconds % 60)).padStart(2, '0');
  return `${Math.floor(seconds / 60)} min ${rest} s`;
}
