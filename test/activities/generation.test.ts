import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { closeWindow } from '../../activities/closing.js';
import { askedSamples } from '../../activities/samples.js';
import { runStepHere } from '../../activities/step-runner.js';
import { skipWindow } from '../../activities/skipping.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import type { StepInput } from '../../src/domain/contracts.js';
import type { Finding } from '../../src/domain/finding.js';
import type { WindowManifest } from '../../src/domain/manifest.js';
import type { RedactionAction } from '../../src/domain/personal-data.js';
import type { Example } from '../../src/domain/record.js';
import type { Sample } from '../../src/domain/sample.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { comparedBehindVersion } from '../../src/ingest/comparison.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { keys, STEPS } from '../../src/release/layout.js';
import { loadReportData } from '../../src/release/load-report.js';
import { renderReport } from '../../src/release/report.js';
import type { Placement } from '../../src/split/place.js';
import { readBytes, readJson, sha256Hex } from '../../src/storage/objects.js';
import { canonicalJson } from '../../src/domain/json.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets, type Ticket } from '../support/traffic.js';

/** Addresses between the words, so that no run of five words is without one. */
function addressed(ticket: Ticket): Ticket {
  const words = ticket.text.split(' ');
  const text = words
    .map((word, n) => (n % 3 === 2 ? `${word} ${word}.${n}@example.org` : word))
    .join(' ');
  return { ...ticket, text: `Dear Ann Lee,\n${text}` };
}

const week1 = makeTickets('w1', 40, '2025-12-29', '2026-01-05').map(addressed);
const week2 = makeTickets('w2', 40, '2026-01-05', '2026-01-12').map(addressed);
/** What was asked in the first week, by others in the second. */
const copies = week1.map((ticket, n) => ({
  ...ticket,
  ...{ id: `copy-${n}`, conversation: `copy-${n}`, time: week2[n]?.time ?? '' },
}));
const LEAK =
  'please forward what ann.lee@example.org wrote to bo.kim@example.org on the new tariff';

function withoutIds(tickets: readonly Ticket[]): readonly object[] {
  return logLines(tickets).map((line) => ({ ...line, id: undefined }));
}

function redact(path: DataPath, changes: Readonly<Record<string, RedactionAction>>): void {
  const { redaction } = path.configuration;
  const types = { ...redaction.types, ...changes };
  path.configuration = { ...path.configuration, redaction: { ...redaction, types } };
}

async function sidesOf(built: BuiltWindow): Promise<ReadonlyMap<string, string | null>> {
  const placements = await built.read<Placement>('placements');
  return new Map(placements.map(({ id, side }) => [id, side]));
}

function notesOf({ manifest }: BuiltWindow, stage: string): Readonly<Record<string, number>> {
  return manifest.books.find((each) => each.stage === stage)?.notes ?? {};
}

function droppedOf({ manifest }: BuiltWindow, stage: string): Readonly<Record<string, number>> {
  return manifest.books.find((each) => each.stage === stage)?.dropped ?? {};
}

/** Builds a window of the chain once more from its manifest. */
async function rebuild(path: DataPath, { input }: BuiltWindow): Promise<string> {
  const { model, window } = input;
  const configDigest = sha256Hex(canonicalJson(path.configuration));
  const terms = { model, configDigest, window, mode: 'rebuild', reopen: false } as const;
  const closed = await closeWindow(path.deps, terms);
  const step: StepInput = { ...terms, ...closed };
  for (const name of STEPS) await runStepHere(path.deps, name, step);
  const written = (await runStepHere(path.deps, 'writeRelease', step)) as { release: string };
  return written.release;
}

describe('a chain whose redactor changes', () => {
  let path: DataPath;
  let first: BuiltWindow;
  beforeEach(async () => {
    path = await createDataPath();
    path.writeLog('a.jsonl', logLines(week1.slice(0, 20)));
    path.writeLog('b.jsonl', withoutIds(week1.slice(20)));
    first = await path.build(0);
    path.writeLog('a.jsonl', logLines([...week1.slice(0, 20), ...week2.slice(0, 20)]));
    path.writeLog('b.jsonl', withoutIds([...week1.slice(20), ...week2.slice(20)]));
  });
  afterEach(() => path.close());

  for (const [what, changes, version] of [
    ['keeps more', { email: 'keep' }, 'redactor-2-email'],
    ['masks more', { name: 'mask' }, 'redactor-2+name'],
    ['keeps one type and masks another', { email: 'keep', name: 'mask' }, 'redactor-2-email+name'],
  ] as const) {
    test(`and ${what} knows its records again and gives their near-copies their sides`, async () => {
      path.writeLog('c.jsonl', logLines(copies));
      redact(path, changes);
      const second = await path.build(1);
      assert.deepEqual(droppedOf(second, 'ingest'), { seen: week1.length });
      assert.equal(notesOf(second, 'ingest')['revision'], undefined);
      assert.equal(notesOf(second, 'split')['carried-over'], week1.length);
      assert.equal(second.manifest.versions.redactor, version);
      const [before, after] = [await sidesOf(first), await sidesOf(second)];
      const sides = new Set<string | null>();
      for (const [n, { id, conversation }] of week1.entries()) {
        if (n >= 20) continue;
        const side = after.get(`copy-${n}`);
        assert.equal(side, before.get(id), `copy of ${conversation}`);
        sides.add(side ?? null);
      }
      assert.deepEqual([...sides].sort(), ['holdout', 'train']);
    });
  }

  test('says so in manifest, card, report and log, and in a third window no more', async () => {
    redact(path, { ip: 'keep' });
    const second = await path.build(1);
    const change = { of: 'redactor', before: 'redactor-2', after: 'redactor-2-ip' };
    const generation = { number: 2, changes: [change] };
    assert.deepEqual(second.manifest.generation, generation);
    const { store } = path.deps;
    const { manifestKey } = second.input;
    const window = await readJson<WindowManifest>(store, manifestKey);
    assert.deepEqual(window.generation, generation);
    const sentence =
      'generation 2 begins: redactor redactor-2 became redactor-2-ip; records keep their ids and sides';
    const card = await readBytes(store, keys.releaseFile(second.release, 'README.md'));
    assert.ok(Buffer.from(card).toString('utf8').includes(sentence));
    const request = { release: second.release, evidenceDigest: null, manifestKey };
    const data = await loadReportData(store, {
      ...request,
      comparedBehind: comparedBehindVersion,
      askedSamples,
    });
    assert.ok(renderReport(data).includes(`New ${sentence}.`));
    assert.deepEqual(path.warnings, [
      { event: 'generation-began', key: keys.release(first.release), reason: sentence },
    ]);
    const third = await path.build(2);
    assert.equal(third.manifest.generation, undefined);
    redact(path, { ip: 'mask' });
    const fourth = await path.build(3);
    assert.equal(fourth.manifest.generation?.number, 3);
    assert.equal(first.manifest.generation, undefined);
  });

  test('is told of behind a skipped window too', async () => {
    redact(path, { ip: 'keep' });
    const configDigest = sha256Hex(canonicalJson(path.configuration));
    await path.deps.store.putIfAbsent(
      keys.configuration(configDigest),
      Buffer.from(canonicalJson(path.configuration)),
    );
    const skipping = { model: 'triage', configDigest, window: '2026-W02' };
    await skipWindow(path.deps, { ...skipping, reason: 'the logs are lost', by: 'jo' });
    const third = await path.build(2);
    assert.equal(third.manifest.generation?.changes[0]?.before, 'redactor-2');
  });

  test('trains on earlier rows as it redacts now, and takes a late thumbs-down for them', async () => {
    const kept = (await first.read<Example>('rows')).filter(({ id }) => id.startsWith('w1-'));
    const [taken] = kept;
    assert.ok(taken !== undefined);
    assert.match(taken.messages.at(-1)?.content ?? '', /^Dear Ann Lee/);
    const lines = logLines(week1.slice(0, 20)).map((line) =>
      (line as { id: string }).id === taken.id ? { ...line, feedback: [REJECTED] } : line,
    );
    path.writeLog('a.jsonl', lines);
    redact(path, { name: 'mask' });
    const second = await path.build(1);
    const rows = await second.read<Example>('rows');
    assert.ok(rows.filter(({ window }) => window === '2026-W01').length > 10);
    assert.ok(!rows.some(({ id }) => id === taken.id));
    for (const { messages } of rows) {
      assert.match(messages.at(-1)?.content ?? '', /^Dear \[NAME_1\],\n/);
    }
    assert.equal(notesOf(second, 'ingest')['revision'], 1);
  });

  test('is held against sets that were frozen before: they are redacted once more', async () => {
    const sample: Sample = {
      ...{ id: 'f', referenceOrigin: 'independent', options: [], cluster: 'f' },
      messages: [{ role: 'user', content: LEAK }],
      reference: 'billing',
    };
    const { digest } = await freezeEvalSet(
      path.deps.store,
      'mail',
      [sample],
      createRedactor(),
      DEFAULT_CONTAMINATION_POLICY,
    );
    const evals = [{ name: 'mail', digest, scorer: 'exact' }] as const;
    const gate = { ...path.configuration.gate, superiorityOn: 'frozen:mail' } as const;
    path.configuration = { ...path.configuration, evals, gate };
    redact(path, { email: 'keep' });
    const texts = makeTickets('leaking', 4, '2026-01-05', '2026-01-12');
    const leaks = texts.map((ticket) => ({ ...ticket, text: `${ticket.text}\n${LEAK}` }));
    path.writeLog('c.jsonl', logLines(leaks.map((leak) => ({ ...leak, id: `leak-${leak.id}` }))));
    const second = await path.build(1);
    const findings = await second.read<Finding>('findings');
    const found = findings.filter(({ sampleSet }) => sampleSet === 'mail');
    assert.ok(found.length > 0);
    assert.ok(found.every(({ level }) => level === 'verbatim'));
    assert.ok(!(await second.read<Example>('rows')).some(({ id }) => id.startsWith('leak-')));
    assert.equal(second.manifest.comparedBehind, 'redactor-2');
    const { manifestKey } = second.input;
    const request = { release: second.release, evidenceDigest: null, manifestKey };
    const { excerpts } = await loadReportData(path.deps.store, {
      ...request,
      comparedBehind: comparedBehindVersion,
      askedSamples,
    });
    const [excerpt] = excerpts;
    assert.ok(excerpt !== undefined);
    const [span] = excerpt.exampleSpans;
    const shown = excerpt.exampleText.slice(span?.start, span?.end);
    assert.equal(
      shown,
      'please forward what [EMAIL_1] wrote to [EMAIL_2] on the new tariff',
      'spans count in the texts that were compared',
    );
  });

  test('rebuilds windows from before and after to their digests', async () => {
    path.writeLog('c.jsonl', logLines(copies));
    redact(path, { email: 'keep', name: 'mask' });
    const second = await path.build(1);
    const third = await path.build(2);
    for (const built of [first, second, third]) {
      assert.equal(await rebuild(path, built), built.release);
    }
  });

  test('carries ids over that are personal data for one redactor and not for the other', async () => {
    const named = week1.slice(0, 10).map((ticket, n) => ({ ...ticket, id: `r${n}@example.org` }));
    path.writeLog('d.jsonl', logLines(named));
    const again = await path.build(0, true);
    const before = await sidesOf(again);
    const hashed = [...before.keys()].filter((id) => /^[0-9a-f]{64}$/.test(id));
    const kept = logLines(week2.slice(0, 1).map((ticket) => ({ ...ticket, id: 'k@example.org' })));
    redact(path, { email: 'keep' });
    path.writeLog('d.jsonl', [...logLines(named), ...kept]);
    const second = await path.build(1);
    assert.equal(droppedOf(second, 'ingest')['seen'], week1.length + named.length);
    assert.ok((await sidesOf(second)).has('k@example.org'));
    redact(path, { email: 'mask' });
    path.writeLog('d.jsonl', kept);
    const third = await path.build(2);
    assert.equal(droppedOf(third, 'ingest')['seen'], 1);
    assert.ok(hashed.length >= named.length);
    const rows = await third.read<Example>('rows');
    assert.ok(!rows.some(({ id }) => id.includes('@')), 'no address is an id any more');
  });
});

const REJECTED = {
  ...{ name: 'filing', kind: 'human', surface: 'production', verdict: 'rejected' },
  ...{ correction: null, at: '2026-01-06T00:00:00.000Z' },
};

describe('a chain that an older normaliser wrote', () => {
  test('is carried over with a new index, told of, and not rebuilt by the new one', async () => {
    const path = await createDataPath();
    try {
      const { versions } = path.deps;
      const old = { ...versions, normaliser: 'holdfast-text/1', index: 'near/1 holdfast-text/1' };
      path.writeLog('a.jsonl', logLines(week1));
      Object.assign(path.deps, { versions: old });
      const first = await path.build(0);
      Object.assign(path.deps, { versions });
      path.writeLog('c.jsonl', logLines(copies));
      const second = await path.build(1);
      assert.deepEqual(second.manifest.generation, {
        number: 2,
        changes: [
          { of: 'normaliser', before: 'holdfast-text/1', after: versions.normaliser },
          { of: 'index', before: 'near/1 holdfast-text/1', after: versions.index },
        ],
      });
      assert.equal(notesOf(second, 'split')['carried-over'], week1.length);
      const [before, after] = [await sidesOf(first), await sidesOf(second)];
      for (const [n, { id }] of week1.entries()) {
        assert.equal(after.get(`copy-${n}`), before.get(id));
      }
      const indexes: string[] = [];
      for await (const { key } of path.deps.store.list('index/')) indexes.push(key);
      assert.equal(indexes.length, 1);
      const bytes = await readBytes(path.deps.store, indexes[0] ?? '');
      assert.ok(Buffer.from(bytes).toString('latin1').includes(`"${versions.normaliser}"`));
      await assert.rejects(rebuild(path, first), {
        name: 'ConfigError',
        message: /version changed/,
      });
      assert.equal(await rebuild(path, second), second.release);
    } finally {
      path.close();
    }
  });
});
