import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { scratchProject, type Ended, type ScratchProject } from './scratch-project.js';

const PROPERTY = `
import { test } from 'node:test';
import { seed } from '../support/properties.js';
test('an example', () => { console.log('example of', seed); if (seed === '13') throw new Error('unlucky'); });
`;

describe('the lane of new seeds', () => {
  let project: ScratchProject;
  let run: (...words: readonly string[]) => Promise<Ended>;
  before(() => {
    project = scratchProject();
    run = (...words) => project.bootstrap(['properties', ...words]);
    project.write(
      'test/support/properties.ts',
      "export const seed = process.env['HOLDFAST_PROPERTY_SEED'];\n",
    );
    project.write('test/text/has-one.test.ts', PROPERTY);
  });
  after(() => project.remove());

  test('runs only files with properties, in every round with the next seed', async () => {
    const ended = await run('3', '20');
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.deepEqual(
      [...ended.stdout.matchAll(/example of (\d+)/g)].map(([, seed]) => seed).sort(),
      ['20', '21', '22'],
    );
    assert.match(ended.stdout, /\n3 passed, 0 failed\n$/);
  });

  test('takes a seed by chance, and says which', async () => {
    const seeds = [];
    for (let round = 0; round < 2; round += 1) {
      const { stdout } = await run('1');
      const [, seed = ''] = /\nseed (\d+) +1 /.exec(stdout) ?? [];
      assert.ok(stdout.includes(`example of ${seed}`), stdout);
      seeds.push(seed);
    }
    assert.notEqual(seeds[0], seeds[1]);
  });

  test('names the seed with which a test failed', async () => {
    const ended = await run('2', '12');
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /\nseed 12 +1 +0 [^]*\nseed 13 +0 +1 /);
    assert.match(
      ended.stdout,
      /\nfailed: seed 13: dist\/test\/text\/has-one\.test\.js: an example\n/,
    );
  });

  test('refuses what is no number of rounds, or no seed', async () => {
    for (const words of [['0'], ['many'], ['1', '-5'], ['10001'], ['1', '2147483648']]) {
      const ended = await run(...words);
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, /is no whole number from \d to \d+; usage: npm run test:prop/);
    }
    const ended = await run('1', '2', 'text');
    assert.match(ended.stderr, /text is one argument too many; usage: npm run test:properties/);
  });

  test('fails where there is nothing to run', async (t) => {
    const empty = scratchProject();
    t.after(() => empty.remove());
    const ended = await empty.bootstrap(['properties', '1']);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /no test file has properties/);
  });
});
