import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { importInfra } from './scratch-project.js';

interface Lane {
  readonly ready: Promise<unknown>;
  readonly begin: (found: unknown) => readonly (() => Promise<void>)[];
  readonly weight: number;
  readonly concurrency: number;
}

interface Schedule {
  readonly WHOLE_PROCESSOR: number;
  readonly runSchedule: (lanes: readonly Lane[], processors: number) => Promise<void>;
}

const { runSchedule, WHOLE_PROCESSOR } = await importInfra<Schedule>('schedule.mjs');

/** Jobs by name that the test ends, and what ran at each moment. */
function jobs(): {
  readonly running: () => readonly string[];
  readonly lane: (name: string, count: number) => readonly (() => Promise<void>)[];
  readonly end: (name: string) => Promise<void>;
} {
  const open = new Map<string, () => void>();
  return {
    running: () => [...open.keys()],
    lane: (name, count) =>
      Array.from(
        { length: count },
        (_, index) => () => new Promise<void>((end) => open.set(`${name}${index}`, end)),
      ),
    async end(name) {
      const end = open.get(name) ?? assert.fail(`${name} does not run`);
      open.delete(name);
      end();
      await settled();
    },
  };
}

/** Everything that is ready to go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function lane(weight: number, concurrency: number, own: readonly (() => Promise<void>)[]): Lane {
  return { ready: Promise.resolve(), begin: () => own, weight, concurrency };
}

describe('the schedule of the lanes', () => {
  test('runs every job once, never more than there is room for, and leaves one processor to compute', async () => {
    const shape = fc.record({
      weight: fc.constantFrom(20, 33, 50, WHOLE_PROCESSOR),
      concurrency: fc.integer({ min: 1, max: 5 }),
      count: fc.nat(8),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(shape, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat(1_000)),
        async (shapes, processors, choices) => {
          const { running, lane: jobsOf, end } = jobs();
          const lanes = shapes.map(({ weight, concurrency, count }, index) =>
            lane(weight, concurrency, jobsOf(`${index}-`, count)),
          );
          let isDone = false;
          const done = runSchedule(lanes, processors).then(() => (isDone = true));
          await settled();
          const seen: string[] = [];
          while (running().length > 0) {
            const own = running().map((name) => Number(name.split('-')[0]));
            const weights = own.map((index) => shapes[index]?.weight ?? 0);
            const sum = (some: readonly number[]): number => some.reduce((a, b) => a + b, 0);
            assert.ok(sum(weights) <= processors * WHOLE_PROCESSOR);
            const waiting = sum(weights.filter((weight) => weight < WHOLE_PROCESSOR));
            assert.ok(waiting <= Math.max(1, processors - 1) * WHOLE_PROCESSOR);
            shapes.forEach(({ concurrency }, index) =>
              assert.ok(own.filter((one) => one === index).length <= concurrency),
            );
            const [choice = 0] = choices.take(1);
            const name = running()[choice % running().length] ?? '';
            seen.push(name);
            await end(name);
          }
          await settled();
          assert.ok(isDone);
          await done;
          const all = shapes.flatMap(({ count }, index) =>
            Array.from({ length: count }, (_, job) => `${index}-${job}`),
          );
          assert.deepEqual(seen.sort(), all.sort());
        },
      ),
      { numRuns: 200 },
    );
  });

  test('has what waits and what computes side by side, and begins each lane in its order', async () => {
    const { running, lane: jobsOf, end } = jobs();
    const done = runSchedule(
      [lane(WHOLE_PROCESSOR, Infinity, jobsOf('plain', 3)), lane(33, 2, jobsOf('server', 3))],
      2,
    );
    await settled();
    assert.deepEqual(running(), ['server0', 'server1', 'plain0']);
    await end('server1');
    assert.deepEqual(running(), ['server0', 'plain0', 'server2']);
    await end('server0');
    await end('server2');
    assert.deepEqual(running(), ['plain0', 'plain1']);
    await end('plain0');
    await end('plain1');
    await end('plain2');
    await done;
  });

  test('runs the others while a lane waits for its program, and tells the lane what was found', async () => {
    const { running, lane: jobsOf, end } = jobs();
    let found: unknown;
    let arrive: (path: string) => void = assert.fail;
    const ready = new Promise<string>((resolve) => (arrive = resolve));
    const begin = (path: unknown): readonly (() => Promise<void>)[] => {
      found = path;
      return jobsOf('server', 1);
    };
    const done = runSchedule(
      [
        { ready, begin, weight: 33, concurrency: 2 },
        lane(WHOLE_PROCESSOR, Infinity, jobsOf('plain', 1)),
      ],
      2,
    );
    await settled();
    assert.deepEqual(running(), ['plain0']);
    await end('plain0');
    arrive('/bin/program');
    await settled();
    assert.equal(found, '/bin/program');
    assert.deepEqual(running(), ['server0']);
    await end('server0');
    await done;
  });

  test('ends with the error of what a lane waits for, and with that of a job', async () => {
    const failing = { ...lane(33, 1, []), ready: Promise.reject(new Error('no program')) };
    await assert.rejects(runSchedule([failing], 2), /no program/);
    const job = (): Promise<void> => Promise.reject(new Error('no room on the disk'));
    let begun = 0;
    const later = async (): Promise<void> => {
      begun += 1;
      await new Promise(setImmediate);
    };
    const lanes = [lane(33, 1, [job]), lane(100, 1, [later, later, later])];
    await assert.rejects(runSchedule(lanes, 2), /no room on the disk/);
    const before = begun;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(begun, before);
    assert.ok(begun < 3);
  });
});
