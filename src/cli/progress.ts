/** A bar on standard error, or nothing where no person watches. */
export interface Progress {
  /** So much more of the total is done. */
  advance(amount: number): void;
  stop(): void;
}

/** Starts a bar for `total` units of work under a name. */
export async function startProgress(name: string, total: number): Promise<Progress> {
  if (!process.stderr.isTTY) return { advance: () => undefined, stop: () => undefined };
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    format: `${name.slice(-40)}  {bar}  {percentage} %  {eta_formatted}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return { advance: (amount) => bar.increment(amount), stop: () => bar.stop() };
}
