import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import { importInfra } from './scratch-project.js';

interface Progress {
  say: (line: string) => void;
  step: <T>(title: string, work: () => Promise<T>) => Promise<T>;
}

const { createProgress } = await importInfra<{
  createProgress: (stream: Writable, options: { isTerminal: boolean }) => Progress;
}>('progress.mjs');

describe('progress', () => {
  test('without a terminal it is plain lines, with the time in the end', async () => {
    const { stream, written } = capture();
    const progress = createProgress(stream, { isTerminal: false });
    assert.equal(await progress.step('building', () => Promise.resolve(3)), 3);
    await assert.rejects(
      progress.step('installing', () => Promise.reject(new Error('no network'))),
      /no network/,
    );
    assert.match(
      written(),
      /^building …\nbuilding: done in \d\.\d s\ninstalling …\ninstalling: failed after \d\.\d s\n$/,
    );
  });

  test('in a terminal it is one line that is redrawn and cleared for everything else', async () => {
    const { stream, written } = capture();
    const progress = createProgress(stream, { isTerminal: true });
    await progress.step('building', async () => {
      progress.say('a line');
      await progress.step('compiling', () => Promise.resolve());
    });
    const lines = written().replaceAll('\r\u001b[2K', '').split('\n');
    assert.match(
      lines.join('|'),
      /^a line\|compiling: done in [\d.]+ s\|building: done in [\d.]+ s\|$/,
    );
    assert.ok(written().startsWith('\r\u001b[2Ka line\n'));
  });
});

function capture(): { stream: Writable; written: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done): void {
      text += chunk.toString();
      done();
    },
  });
  return { stream, written: () => text };
}
