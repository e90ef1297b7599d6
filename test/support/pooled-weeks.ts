import { windowAt } from '../../src/domain/window.js';
import type { Evidence } from '../../src/domain/gate.js';
import type { RedactionAction } from '../../src/domain/personal-data.js';
import { POOLED_SUITE } from '../../src/domain/pool.js';
import { createDataPath, type BuiltWindow, type DataPath } from './data-path.js';
import { measureWindow, type MeasuredWindow, withChat } from './measure-window.js';
import { makeMessage, startPromptedHost } from './prompted-host.js';
import { toLogLine, type Ticket } from './traffic.js';

/** About 45 samples tell 30 points at a discordance of 0.5. */
export const POOLED_GATE = {
  superiorityOn: POOLED_SUITE,
  pool: { windows: 8, difference: 0.3 },
  assumedDiscordance: 0.5,
};

/** Small weeks whose holdouts are pooled, over a store in memory and a chat host. */
export interface PooledWeeks {
  readonly path: DataPath;
  readonly baseURL: string;
  readonly asked: readonly { readonly body: unknown }[];
  /** Builds the week with this number, counted from 0, from messages of its own. */
  build(week: number, count?: number): Promise<BuiltWindow>;
  measure(built: BuiltWindow, candidate?: string): Promise<MeasuredWindow>;
  close(): void;
}

export async function openPooledWeeks(
  gate: object = {},
  champion: readonly object[] = [],
): Promise<PooledWeeks> {
  const host = await startPromptedHost();
  const path = await createDataPath({ gate: { ...POOLED_GATE, ...gate } }, champion);
  return {
    path,
    baseURL: host.baseURL,
    asked: host.asked,
    build: (week, count = 60) => {
      const lines = weekTickets(path, week, count).map((ticket) => toLogLine(ticket, 'elsewhere'));
      path.writeLog(`week-${week}.jsonl`, lines);
      return path.build(week);
    },
    measure: (built, candidate = `ft:9${built.input.window.id.slice(-1)}`) =>
      measureWindow(withChat(path.deps, host.baseURL), built, candidate),
    close: () => path.close(),
  };
}

/** Messages of a week, each in a conversation of its own. */
export function weekTickets(path: DataPath, week: number, count: number): readonly Ticket[] {
  const start = Date.parse(windowAt(path.configuration.window, week).from);
  return Array.from({ length: count }, (_, index) => {
    const { text, folder } = makeMessage(`week-${week}`, index);
    const id = `w${week}-${index}`;
    const time = new Date(start + index * 60_000).toISOString();
    return { id, text, label: folder, time, conversation: id, user: `user-${index}` };
  });
}

/** The ids of pooled samples that a decision has scores of. */
export function scoredIds({ scores }: Evidence): readonly string[] {
  return (scores[POOLED_SUITE] ?? []).map(({ sampleId }) => sampleId);
}

/** As `build`, of changed messages, behind a redactor that keeps or masks e-mail addresses. */
export function buildRedacted(
  { path }: PooledWeeks,
  week: number,
  email: RedactionAction,
  change: (ticket: Ticket) => Ticket,
): Promise<BuiltWindow> {
  const { redaction } = path.configuration;
  const types = { ...redaction.types, email };
  path.configuration = { ...path.configuration, redaction: { ...redaction, types } };
  const tickets = weekTickets(path, week, 60).map(change);
  path.writeLog(
    `week-${week}.jsonl`,
    tickets.map((ticket) => toLogLine(ticket, 'elsewhere')),
  );
  return path.build(week);
}

/** A ticket whose id is an e-mail address: hashed where these are masked. */
export function addressed(ticket: Ticket): Ticket {
  return { ...ticket, id: `${ticket.id}@example.org` };
}
