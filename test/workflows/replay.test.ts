import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { repositoryRoot } from '../support/paths.js';
import { workflowSource } from '../support/temporal-environment.js';

const folder = join(repositoryRoot, 'test', 'histories');

interface Recorded {
  readonly workflowId: string;
  readonly history: { events: { workflowTaskCompletedEventAttributes?: object }[] };
}

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recorded;
}

Runtime.install({ logger: new DefaultLogger('ERROR') });

test('every recorded history replays with the workflows as they are now', async () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  assert.ok(names.length >= 3, `only ${names.length} recorded histories in ${folder}`);
  const histories = names.map(recorded);
  const replays = Worker.runReplayHistories(workflowSource(), histories);
  let count = 0;
  for await (const { workflowId, error } of replays) {
    assert.equal(error, undefined, `${workflowId}: ${String(error)}`);
    count += 1;
  }
  assert.equal(count, histories.length);
});

test('a history in which a step was taken out does not replay', async () => {
  const name = readdirSync(folder).find((file) => file.includes('week_triage'));
  assert.ok(name !== undefined);
  const { workflowId, history } = recorded(name);
  const text = JSON.stringify(history).replace('"name":"dedupe"', '"name":"polish"');
  assert.notEqual(text, JSON.stringify(history));
  const changed = { workflowId, history: JSON.parse(text) as Recorded['history'] };
  for await (const { error } of Worker.runReplayHistories(workflowSource(), [changed])) {
    assert.match(String(error), /TMPRL1100|[Nn]ondeterminism/);
  }
});
