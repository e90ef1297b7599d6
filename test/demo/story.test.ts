import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { scanExamples } from '../../src/contamination/scan-examples.js';
import { FIRST_WINDOW, SECOND_WINDOW } from '../../src/demo/configuration.js';
import { loadMail } from '../../src/demo/mail/load-mail.js';
import type { MailMessage } from '../../src/demo/mail/load-mail.js';
import { NEIGHBOURS } from '../../src/demo/planting.js';
import { recurringMail } from '../../src/demo/recurring-mail.js';
import { earlierMail, planStory, STORY_PLAN } from '../../src/demo/story.js';
import type { Story, StoryPlan } from '../../src/demo/story.js';
import { InvariantError, PrerequisiteError } from '../../src/domain/errors.js';
import { LEAK_LEVELS } from '../../src/domain/finding.js';
import { startOfIsoWeek } from '../../src/domain/window.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { makeMail } from '../support/made-up-mail.js';

const PLAN: StoryPlan = { ...STORY_PLAN, releaseCount: 30, evalCount: 60, yardstickCount: 50 };
const MAIL = makeMail(500, 1);
const STORY = planStory(MAIL, 101, PLAN);

const ids = (items: readonly { readonly id: string }[]): readonly string[] =>
  items.map(({ id }) => id);

/** Every promise of a story, whatever the mail it is cut from. */
function assertStory(story: Story, mail: readonly MailMessage[], plan: StoryPlan): void {
  const own = story.weekTwo.filter(({ id }) => !story.planted.leaked.includes(id));
  const parts = [story.release, story.evalSet, story.yardstick, story.weekOne, own].map(ids);
  const all = parts.flat();
  assert.equal(new Set(all).size, all.length, 'a message is in two parts');
  assert.deepEqual(
    [story.release.length, story.evalSet.length, story.yardstick.length],
    [plan.releaseCount, plan.evalCount, plan.yardstickCount],
  );
  assertWindow(story.weekOne, FIRST_WINDOW, SECOND_WINDOW);
  assertWindow(story.weekTwo, SECOND_WINDOW, plan.until);
  const folders = new Map(mail.map(({ id, folder }) => [id, folder]));
  const wrong = new Set(story.planted.mislabelled);
  for (const { id, filedIn } of [...story.release, ...story.weekOne, ...own]) {
    const folder = folders.get(id);
    assert.ok(folder !== undefined);
    assert.equal(filedIn, wrong.has(id) ? NEIGHBOURS[folder] : folder);
  }
  assert.ok(story.planted.mislabelled.every((id) => ids(own).includes(id)));
}

function assertWindow(
  entries: readonly { readonly time: string }[],
  from: string,
  until: string,
): void {
  const times = entries.map(({ time }) => time);
  assert.deepEqual([...times].sort(), times);
  for (const time of times) {
    assert.ok(Date.parse(time) >= startOfIsoWeek(from) && Date.parse(time) < startOfIsoWeek(until));
  }
}

/** The pasted entries that no leak level finds, by the rules and the redaction of the pipeline. */
function missedPastes({ weekTwo, evalSet, planted }: Story): readonly string[] {
  const redactor = createRedactor();
  const pasted = weekTwo.filter(({ id }) => planted.leaked.includes(id));
  const findings = scanExamples(
    pasted.map(({ id, prompt }) => ({ id, parts: [redactor.redact(prompt).text] })),
    evalSet.map(({ id, prompt, label }) => ({
      set: 'mail',
      id,
      prompt: redactor.redact(prompt).text,
      options: [],
      reference: label,
    })),
    DEFAULT_CONTAMINATION_POLICY,
  );
  const found = new Set(
    findings
      .filter(({ exampleId, sampleId }) => exampleId === `pasted:${sampleId}`)
      .filter(({ level }) => LEAK_LEVELS.includes(level))
      .map(({ exampleId }) => exampleId),
  );
  return ids(pasted).filter((id) => !found.has(id));
}

describe('planStory', () => {
  test('puts no message in two parts, and every entry in its week, filed rightly unless planted', () => {
    assertStory(STORY, MAIL, PLAN);
  });

  test('tells the same story for the same seed, and another one for another', () => {
    assert.deepEqual(planStory(MAIL, 101, PLAN), STORY);
    assert.notDeepEqual(ids(planStory(MAIL, 102, PLAN).evalSet), ids(STORY.evalSet));
  });

  test('plants as many pasted samples and wrong filings as the plan says', () => {
    const { leaked, mislabelled } = STORY.planted;
    assert.equal(leaked.length, Math.round(PLAN.pastedShare * PLAN.evalCount));
    const own = STORY.weekTwo.length - leaked.length;
    assert.ok(Math.abs(mislabelled.length / own - PLAN.misfiledShare) < 0.15);
    const none = planStory(MAIL, 101, { ...PLAN, pastedShare: 0, misfiledShare: 0 });
    assert.deepEqual(none.planted, { leaked: [], mislabelled: [] });
    assertStory(none, MAIL, PLAN);
  });

  test('pastes samples with their right folder, in threads and by senders of their own', () => {
    const labels = new Map(STORY.evalSet.map(({ id, label }) => [`pasted:${id}`, label]));
    const pasted = STORY.weekTwo.filter(({ id }) => labels.has(id));
    assert.deepEqual([...ids(pasted)].sort(), [...STORY.planted.leaked].sort());
    for (const entry of pasted) assert.equal(entry.filedIn, labels.get(entry.id));
    const others = MAIL.flatMap(({ thread, sender }) => [thread, sender]);
    const own = pasted.flatMap(({ thread, sender }) => [thread, sender]);
    assert.equal(new Set(own).size, own.length);
    assert.ok(own.every((name) => !others.includes(name)));
  });

  test('plants what contamination checks can find', () => {
    assert.deepEqual(missedPastes(STORY), []);
  });

  test('does not measure by what comes back in earlier mail', () => {
    const again = earlierMail(MAIL).slice(0, 40);
    const copies = again.map((message, index) => ({ ...message, id: `copy-${index}` }));
    const mail = [...MAIL, ...copies].sort((a, b) => (a.time < b.time ? -1 : 1));
    const story = planStory(mail, 101, PLAN);
    const measured = new Set([...ids(story.evalSet), ...ids(story.yardstick)]);
    assert.equal(story.recurring, 80);
    assert.ok([...ids(again), ...ids(copies)].every((id) => !measured.has(id)));
  });

  test('refuses to make a story of too little mail', () => {
    assert.throws(() => planStory(MAIL.slice(0, 100), 101, PLAN), InvariantError);
  });
});

describe("the demo's story on the corpus", () => {
  test('keeps its promises, and every pasted sample can be found, for ten seeds', async (t) => {
    let mail: readonly MailMessage[];
    try {
      mail = await loadMail();
    } catch (error) {
      if (!(error instanceof PrerequisiteError)) throw error;
      t.skip('the mail corpus is not installed');
      return;
    }
    const recurring = recurringMail(earlierMail(mail));
    for (let seed = 101; seed <= 110; seed += 1) {
      const story = planStory(mail, seed, STORY_PLAN, recurring);
      assertStory(story, mail, STORY_PLAN);
      assert.deepEqual(missedPastes(story), [], `seed ${seed}`);
    }
  });
});
