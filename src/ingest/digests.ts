import { createHmac, hash } from 'node:crypto';
import { canonicalJson } from '../domain/json.js';

/** HMAC-SHA-256, in lower-case hex, of the canonical JSON of some parts, under one key. */
export type KeyedDigest = (...parts: readonly (string | null)[]) => string;

/** Users and conversations come again; what is kept of them is some megabytes. */
const MAXIMUM_KEPT = 10_000;

/** SHA-256, in lower-case hex, of a text's UTF-8. */
export function sha256Of(text: string): string {
  return hash('sha256', text, 'hex');
}

/** A keyed digest for one key. */
export function createKeyedDigest(key: string): KeyedDigest {
  let root = createNode();
  let kept = 0;
  return (...parts) => {
    let node = root;
    for (const part of parts) {
      let next = node.after.get(part);
      if (next === undefined) {
        next = createNode();
        node.after.set(part, next);
      }
      node = next;
    }
    if (node.digest === null) {
      node.digest = createHmac('sha256', key).update(canonicalJson(parts)).digest('hex');
      kept += 1;
      if (kept > MAXIMUM_KEPT) [root, kept] = [createNode(), 0];
    }
    return node.digest;
  };
}

/** What is kept of the parts so far, and of those that may come after them. */
interface Node {
  digest: string | null;
  readonly after: Map<string | null, Node>;
}

function createNode(): Node {
  return { digest: null, after: new Map() };
}
