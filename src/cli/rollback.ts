import type { Command } from './command-line.js';
import { rollbackAlias } from '../promotion/alias.js';
import { defineAction, loadFor, type CliContext, type CommonOptions } from './context.js';
import { operatorOf, reasonOf } from './operator.js';
import { openStoreOf } from './stored-run.js';

interface RollbackOptions extends CommonOptions {
  readonly reason: string;
  readonly by?: string;
}

/** `holdfast rollback`: the champion alias back to the model before. */
export function registerRollback(program: Command, context: CliContext): void {
  const command = program
    .command('rollback')
    .summary('turn the champion back to the model before')
    .description(
      'Moves the champion alias back to the model that served before the last promotion, with an audit ' +
        'entry. Done again it goes one further back. A candidate that waits for approval was measured ' +
        'against the model that leaves, so it is refused as superseded from then on.',
    )
    .requiredOption('--reason <text>', 'why; goes into the audit log')
    .option('--by <name>', 'who; the user at the terminal otherwise')
    .addHelpText('after', '\nExample:\n  holdfast rollback --reason "misfiles invoices"\n');
  defineAction<RollbackOptions>(command, context, async (options) => {
    const reason = reasonOf(options.reason);
    const loaded = await loadFor(options);
    const { model } = loaded.configuration;
    const store = await openStoreOf(loaded);
    const by = operatorOf(options.by, context.environment);
    const at = context.now().toISOString();
    const moved = await rollbackAlias(store, model, { by, reason, at });
    context.output.line(`champion of ${model}: ${moved.to} (was ${moved.from}), by ${by}`);
    context.output.result({ model, ...moved, by, at });
    return 0;
  });
}
