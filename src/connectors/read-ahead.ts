import type { ListedObject } from '../domain/manifest.js';
import type { LogBytes } from './log-bytes.js';
import { isParquetFile } from './log-names.js';

/** How many objects are read, or held, before it is their turn. */
const OBJECTS_AHEAD = 3;
/** Larger ones are read when it is their turn: a request is little of what they cost. */
const MAXIMUM_HELD_BYTES = 4 * 1024 * 1024;

/** Logs whose next objects are read while one is. */
export interface ReadAhead extends LogBytes {
  /** Tells which objects will be read, in this order; a guess, which decides nothing but when they are asked for. */
  expect(objects: readonly ListedObject[]): void;
}

/** What was read of an object before its turn: its bytes, and the error behind them. */
interface Held {
  readonly parts: readonly Uint8Array[];
  readonly error: Error | null;
}

interface Reading {
  readonly held: Promise<Held>;
  stop(): void;
}

/**
 * Reads small objects ahead, where each costs a request's way there and back. In memory are at most 4 of 4 MiB, the one whose turn it is among
 * them. Bytes
 * and errors come when it is an object's turn, as they do without; where a reader stops, so does what was begun for it.
 */
export function createReadAhead(bytes: LogBytes): ReadAhead {
  let expected: readonly ListedObject[] = [];
  let numbers = new Map<string, number>();
  const begun = new Map<number, Reading>();
  const stopAll = (isWanted: (number: number) => boolean): void => {
    for (const [number, reading] of begun) {
      if (isWanted(number)) continue;
      begun.delete(number);
      reading.stop();
    }
  };
  /** Begins what comes behind an object; gives the reading of it, unless it has to be read as it comes. */
  const turnOf = (object: ListedObject): Reading | null => {
    const number = numbers.get(object.uri);
    if (number === undefined || expected[number] !== object) return null;
    const own = begun.get(number) ?? (isHeld(object) ? begin(bytes.read(object)) : null);
    begun.delete(number);
    stopAll((each) => each > number && each <= number + OBJECTS_AHEAD);
    for (let next = number + 1; next <= number + OBJECTS_AHEAD; next += 1) {
      const following = expected[next];
      if (following === undefined || !isHeld(following) || begun.has(next)) continue;
      begun.set(next, begin(bytes.read(following)));
    }
    return own;
  };
  return {
    ...bytes,
    expect(objects) {
      stopAll(() => false);
      expected = objects;
      numbers = new Map(objects.map(({ uri }, number) => [uri, number]));
    },
    async *read(object, isPassing) {
      const own = turnOf(object);
      let isWhole = false;
      try {
        if (own === null) yield* bytes.read(object, isPassing);
        else {
          const { parts, error } = await own.held;
          yield* parts;
          if (error !== null) throw error;
        }
        isWhole = true;
      } finally {
        if (!isWhole) {
          own?.stop();
          stopAll(() => false);
        }
      }
    },
  };
}

/** A table is read by stretches. */
function isHeld({ uri, bytes }: ListedObject): boolean {
  return bytes <= MAXIMUM_HELD_BYTES && !isParquetFile(uri);
}

/** Reads all there is, or as far as it is wanted; that it fails is told by what it gives. */
function begin(source: AsyncIterable<Uint8Array>): Reading {
  let isStopped = false;
  const read = async (): Promise<Held> => {
    const parts: Uint8Array[] = [];
    try {
      for await (const part of source) {
        if (isStopped) break;
        parts.push(part);
      }
    } catch (error) {
      return { parts, error: error instanceof Error ? error : new Error(String(error)) };
    }
    return { parts, error: null };
  };
  return {
    held: read(),
    stop: () => {
      isStopped = true;
    },
  };
}
