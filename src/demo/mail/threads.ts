import { createHash } from 'node:crypto';

/** What threads are found by. `messageId` and `references` are as written, with their brackets. */
export interface ThreadedMessage {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly messageId: string;
  /** Of References and In-Reply-To. */
  readonly references: readonly string[];
  readonly isReply: boolean;
  /** Plain, lower case. */
  readonly subject: string;
}

/** How long before a reply without references the message it answers may have been written. */
const REPLY_WITHIN_MS = 14 * 86_400_000;

function rootOf(parents: Map<string, string>, node: string): string {
  let root = node;
  for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
  return root;
}

function join(parents: Map<string, string>, a: string, b: string): void {
  const [rootA, rootB] = [rootOf(parents, a), rootOf(parents, b)];
  if (rootA !== rootB) parents.set(rootB, rootA);
}

/** Joins replies that name nothing to the last earlier message of the same subject. */
function joinBySubject(
  messages: readonly ThreadedMessage[],
  parents: Map<string, string>,
  nodeOf: (message: ThreadedMessage) => string,
): void {
  const latest = new Map<string, ThreadedMessage>();
  for (const message of messages) {
    const earlier = latest.get(message.subject);
    const isOrphan = message.isReply && message.references.length === 0 && message.subject !== '';
    if (isOrphan && earlier !== undefined) {
      const gapMs = Date.parse(message.time) - Date.parse(earlier.time);
      if (gapMs <= REPLY_WITHIN_MS) join(parents, nodeOf(earlier), nodeOf(message));
    }
    latest.set(message.subject, message);
  }
}

/**
 * The thread of every message, by id: messages that reference each other, or a common one, are one
 * thread; a reply that references nothing belongs to the last message of its subject in two weeks.
 * @param messages in order of time.
 * @returns a thread's name is the digest of its first message's id, so it says nothing about its content.
 */
export function threadsOf(messages: readonly ThreadedMessage[]): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  const nodeOf = (message: ThreadedMessage): string => `id:${message.id}`;
  for (const message of messages) {
    const named = [message.messageId, ...message.references].filter((name) => name !== '');
    for (const name of named) join(parents, nodeOf(message), `mail:${name}`);
  }
  joinBySubject(messages, parents, nodeOf);
  const nameOfRoot = new Map<string, string>();
  const threads = new Map<string, string>();
  for (const message of messages) {
    const root = rootOf(parents, nodeOf(message));
    const name = nameOfRoot.get(root) ?? createHash('sha256').update(message.id).digest('hex');
    nameOfRoot.set(root, name);
    threads.set(message.id, `thread-${name.slice(0, 16)}`);
  }
  return threads;
}
