import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const compiled = fileURLToPath(new URL('../../', import.meta.url));

/** Compiled files of this repository that are loaded with one, whatever it does then. */
function loadedWith(first: string): ReadonlySet<string> {
  const loaded = new Set<string>();
  const open = [join(compiled, first)];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (loaded.has(relative(compiled, path))) continue;
    loaded.add(relative(compiled, path));
    const text = readFileSync(path, 'utf8');
    for (const [, file = ''] of text.matchAll(/^(?:import|export)\b[^;'\n]* from '(\.[^']+)';/gm)) {
      open.push(join(dirname(path), file));
    }
  }
  return loaded;
}

test('a thread loads no other step than its own', () => {
  const always = loadedWith('activities/step-thread.js');
  assert.ok(always.has('activities/step-context.js') && always.size > 20);
  for (const step of ['steps', 'decontaminating', 'releasing']) {
    assert.ok(!always.has(`activities/${step}.js`), step);
  }
  assert.ok(!loadedWith('activities/steps.js').has('activities/decontaminating.js'));
});
