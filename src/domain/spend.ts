/** What the jobs of one run key cost. There is at most one entry a run key, with a charge for each job. */
export interface SpendEntry {
  readonly v: 1;
  readonly runKey: string;
  /** Oldest first; of a job that is still to be asked for or under way only the last is open. */
  readonly charges: readonly Charge[];
}

/** What one job costs: its estimate from before it is asked for until it has ended, then what it really cost. */
export interface Charge {
  readonly window: string;
  readonly release: string;
  /** ISO 8601, when the job was let cost so much, before it was asked for. What comes of it stays in that month. */
  readonly at: string;
  /** USD. */
  readonly estimate: number;
  /** The job that ended; `null` while the charge is open. */
  readonly jobId: string | null;
  /** USD; `null` while the charge is open, and where nobody says what an ended job cost. */
  readonly actual: number | null;
}

/** `2026-11` of an ISO 8601 time: the calendar month, by UTC. */
export function monthOf(at: string): string {
  return at.slice(0, 7);
}

/** The first day after a month: `2026-12` gives `2027-01-01`. */
export function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
}

/** What a charge counts as: what is not known to cost less counts as much as was expected. */
export function costOf({ actual, estimate }: Charge): number {
  return actual ?? estimate;
}

/** USD that a month's charges come to. */
export function spentIn(entries: readonly SpendEntry[], month: string): number {
  const charges = entries.flatMap((entry) => entry.charges);
  return toCents(
    charges.reduce((sum, charge) => sum + (monthOf(charge.at) === month ? costOf(charge) : 0), 0),
  );
}

/** The charge that is open, if one is. */
export function openCharge(entry: SpendEntry | null): Charge | null {
  const last = entry?.charges.at(-1);
  return last?.jobId === null ? last : null;
}

/** The entry with this as its open charge, instead of one for a job that was not asked for after all. */
export function reserved(
  entry: SpendEntry | null,
  runKey: string,
  charge: Omit<Charge, 'jobId' | 'actual'>,
): SpendEntry {
  const open = { ...charge, jobId: null, actual: null };
  return { v: 1, runKey, charges: [...endedCharges(entry), open] };
}

/** Whether a job that is there counts, by its open charge or by how it ended. */
export function isCounted(entry: SpendEntry | null, jobId: string): boolean {
  return entry?.charges.some((charge) => charge.jobId === null || charge.jobId === jobId) ?? false;
}

/** The entry without its open charge: nothing was asked for. */
export function withdrawn(entry: SpendEntry): SpendEntry {
  return { ...entry, charges: endedCharges(entry) };
}

/**
 * The entry once a job has ended, which closes the open charge. A job that is told twice is counted once, as what it cost
 * once that is known; one that nobody reserved for counts where its provider says what it cost. `null`: there is nothing to
 * write down.
 */
export function settled(
  entry: SpendEntry | null,
  runKey: string,
  job: Pick<Charge, 'window' | 'release' | 'at' | 'actual'> & { readonly jobId: string },
): SpendEntry | null {
  const ended = endedCharges(entry);
  const { jobId, actual } = job;
  const told = ended.find((charge) => charge.jobId === jobId);
  if (told !== undefined) {
    if (told.actual !== null || actual === null) return null;
    const known = entry?.charges.map((each) => (each === told ? { ...told, actual } : each)) ?? [];
    return { v: 1, runKey, charges: known };
  }
  const open = openCharge(entry);
  if (open !== null) return { v: 1, runKey, charges: [...ended, { ...open, jobId, actual }] };
  if (actual === null || actual === 0) return null;
  return { v: 1, runKey, charges: [...ended, { ...job, estimate: 0 }] };
}

function endedCharges(entry: SpendEntry | null): readonly Charge[] {
  return entry?.charges.filter(({ jobId }) => jobId !== null) ?? [];
}

/** Rounded up to whole cents, past what floating point adds. */
export function toCents(usd: number): number {
  return Math.max(0, Math.ceil(usd * 100 - 1e-6)) / 100;
}

/** `12.30 USD` */
export function formatUsd(usd: number): string {
  return `${usd.toFixed(2)} USD`;
}
