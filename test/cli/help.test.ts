import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createProgram } from '../../src/cli/program.js';
import type { CliContext } from '../../src/cli/context.js';
import { createOutput } from '../../src/cli/output.js';
import { runHoldfast } from '../support/cli.js';

const context: CliContext = {
  environment: {},
  output: createOutput({ write: () => undefined }, { write: () => undefined }),
  now: () => new Date(0),
  randomId: () => 'id',
  interrupted: new AbortController().signal,
  end: () => undefined,
};
const program = await createProgram(context, undefined);
const names = program.commands.map((command) => command.name());

describe('the help of the command line', () => {
  test('names every command, each with a summary', () => {
    for (const name of ['init', 'evals', 'config', 'dev', 'worker', 'run', 'schedule', 'status']) {
      assert.ok(names.includes(name), name);
    }
    for (const name of ['report', 'approve', 'reject', 'rollback', 'check', 'dedupe']) {
      assert.ok(names.includes(name), name);
    }
    for (const command of program.commands) {
      const said = command.summary() || command.description();
      assert.ok(said.length > 10, `${command.name()} says nothing of itself`);
    }
  });

  test('of every command describes its options, and fits a terminal of 80 columns', () => {
    for (const command of program.commands.flatMap((one) => [one, ...one.commands])) {
      for (const option of command.options) {
        assert.ok(option.description.length > 3, `${command.name()} ${option.flags}`);
      }
      const help = command.createHelp();
      help.helpWidth = 80;
      for (const line of help.formatHelp(command, help).split('\n')) {
        assert.ok(line.length <= 80, `${command.name()}: ${line}`);
      }
    }
  });

  test('of every command of the loop takes --config and --json', () => {
    const loop = program.commands
      .flatMap((command) => [command, ...command.commands])
      .filter((command) => command.commands.length === 0)
      .filter((command) => !['check', 'dedupe', 'help'].includes(command.name()));
    assert.ok(loop.length >= 10);
    for (const command of loop) {
      const flags = command.options.map((option) => option.long);
      assert.ok(flags.includes('--config') && flags.includes('--json'), command.name());
    }
  });

  test('says how to begin and what the exit codes mean', async () => {
    let help = '';
    program.configureOutput({ writeOut: (text) => (help += text) });
    program.outputHelp();
    assert.match(help, /holdfast check train\.jsonl --against evals\.jsonl/);
    assert.match(help, /holdfast init logs\/ --evals/);
    assert.match(
      help,
      /Exit codes:\n {2}0 {2}as asked\n {2}1 {2}a negative result.*\n {2}2 {2}could not run/,
    );
  });
});

describe('a command line that cannot run', () => {
  test('ends with exit code 2 and one JSON object where that was asked for', async () => {
    const { code, out, err } = await runHoldfast([
      'status',
      '--json',
      '-c',
      '/nowhere/holdfast.yaml',
    ]);
    assert.equal(code, 2);
    const told = JSON.parse(out) as { readonly error: { readonly name: string } };
    assert.equal(told.error.name, 'ConfigError');
    assert.match(err, /^holdfast: there is no readable configuration/);
    assert.ok(!err.includes('    at '), 'no stack');
  });

  test('takes --config and --json before the command too', async () => {
    const { code, out } = await runHoldfast(['--json', '--config', '/nowhere/x.yaml', 'status']);
    assert.equal(code, 2);
    assert.match(out, /nowhere/);
  });

  test('refuses options that contradict each other before it looks at anything', async () => {
    const run = await runHoldfast(['run', '--dry-run', '--rebuild', '-c', '/nowhere']);
    assert.equal(run.code, 2);
    assert.match(run.err, /give one of --dry-run, --rebuild/);
    const schedule = await runHoldfast(['schedule', '--pause', '--delete', '-c', '/nowhere']);
    assert.match(schedule.err, /give one of --pause/);
  });

  test('a wrong command line is told to a program too, as one object', async () => {
    for (const argv of [
      ['status', '--bogus', '--json'],
      ['--json', 'approve'],
      ['nothing', '--json'],
    ]) {
      const { code, out } = await runHoldfast(argv);
      assert.equal(code, 2);
      const { error } = JSON.parse(out) as { readonly error: Readonly<Record<string, string>> };
      assert.equal(error['name'], 'UsageError');
      assert.doesNotMatch(error['message'] ?? '', /^error/);
    }
    assert.equal((await runHoldfast(['status', '--bogus'])).out, '');
  });
});
