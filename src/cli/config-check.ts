import type { Command } from './command-line.js';
import type { LoadedConfiguration } from '../config/load.js';
import { shortDigest } from '../release/report/numbers.js';
import type { CheckItem } from './check-item.js';
import { checks } from './checks.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { tellError } from './errors.js';

const MARKS = { ok: 'ok  ', failed: 'FAIL', warning: 'warn' } as const;

/** `holdfast config check`: everything a run needs, and nothing that costs. */
export function registerConfig(program: Command, context: CliContext): void {
  const config = program.command('config').summary('look at the configuration');
  const command = config
    .command('check')
    .summary('report every problem of the configuration and of what it points at')
    .description(
      'Reads the configuration, then looks at everything it points at: secrets, store, logs, eval sets, ' +
        'Temporal, worker, training host and champion. Spends nothing and starts nothing. ' +
        'Exit code 0: a run can start; 1: something failed; 2: the file itself is wrong.',
    );
  defineAction(command, context, async (options: CommonOptions) =>
    checkConfiguration(await loadFor(options), context),
  );
}

async function checkConfiguration(
  loaded: LoadedConfiguration,
  context: CliContext,
): Promise<ExitCode> {
  const { output } = context;
  const { model } = loaded.configuration;
  output.line(`${loaded.path}: ${model}, configuration ${shortDigest(loaded.digest)}`);
  const items: CheckItem[] = [];
  for (const { name, look } of checks) {
    for (const item of await guarded(name, () => look(loaded, context))) {
      items.push(item);
      const [first = '', ...rest] = item.detail.split('\n');
      output.line(`  ${MARKS[item.outcome]}  ${item.name.padEnd(10)} ${first}`);
      for (const line of rest) output.line(`                   ${line.trim()}`);
    }
  }
  const failed = items.filter(({ outcome }) => outcome === 'failed').length;
  output.line(failed === 0 ? 'a run can start' : `${failed} of ${items.length} failed`);
  output.result({ model, configDigest: loaded.digest, ok: failed === 0, checks: items });
  return failed === 0 ? 0 : 1;
}

/** A check that could not run is a failed check. */
async function guarded(
  name: string,
  look: () => Promise<readonly CheckItem[]>,
): Promise<readonly CheckItem[]> {
  try {
    return await look();
  } catch (error) {
    return [{ name, outcome: 'failed', detail: tellError(error).message }];
  }
}
