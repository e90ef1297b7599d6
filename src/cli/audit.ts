import type { Command } from './command-line.js';
import { ConfigError } from '../domain/errors.js';
import { verifyAudit, type AuditVerdict } from '../promotion/verify-audit.js';
import { counted } from '../release/report/numbers.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { openStoreOf } from './stored-run.js';

interface VerifyOptions extends CommonOptions {
  readonly known?: string;
}

/** `holdfast audit verify`: whether the audit log is what was written. */
export function registerAudit(program: Command, context: CliContext): void {
  const command = program
    .command('audit')
    .summary('walk the audit log')
    .command('verify')
    .summary('walk the audit log and name the first broken link')
    .description(
      'Each entry of the audit log holds the SHA-256 of the one before. This walks it from the first, names ' +
        'the first link that is broken, and holds the log against the versions of the champion and the ' +
        'recorded approvals with their signatures. Exit code 1 where something does not hold. It prints the ' +
        'digest of the last entry: note it where others cannot write, and give it back with --known, since a ' +
        'log whose end was cut off or that was written anew is a chain like any other.',
    )
    .option('--known <digest>', 'digest of an entry that has to be in the log')
    .addHelpText('after', '\nExample:\n  holdfast audit verify\n');
  defineAction<VerifyOptions>(command, context, (options) => verify(options, context));
}

async function verify(options: VerifyOptions, { output }: CliContext): Promise<ExitCode> {
  const known = options.known ?? null;
  if (known !== null && !/^[0-9a-f]{64}$/.test(known)) {
    throw new ConfigError('--known takes the 64 hexadecimal digits that this command printed');
  }
  const loaded = await loadFor(options);
  const { model } = loaded.configuration;
  const verdict = await verifyAudit(await openStoreOf(loaded), model, known);
  for (const line of linesOf(model, verdict)) output.line(line);
  const holds = verdict.broken === null && verdict.disagreements.length === 0;
  output.result({ model, holds, ...verdict });
  return holds ? 0 : 1;
}

function linesOf(model: string, verdict: AuditVerdict): readonly string[] {
  const { broken, chainedFrom, disagreements, entries, head } = verdict;
  if (broken !== null) {
    return [`the audit log of ${model} is broken at entry ${broken.number}: ${broken.problem}`];
  }
  if (disagreements.length > 0) {
    return [`the audit log of ${model} does not agree with the store:`, ...disagreements];
  }
  if (head === null) return [`the audit log of ${model} is empty`];
  return [
    `the audit log of ${model} holds: ${counted(entries, 'entry', 'entries')}`,
    ...since(chainedFrom),
    `last entry ${head}`,
  ];
}

/** What stands before the chain could have been changed without a trace. */
function since(chainedFrom: number | null): readonly string[] {
  if (chainedFrom === 1) return [];
  return [
    chainedFrom === null
      ? 'no entry holds the digest of the one before: an earlier version wrote them, and nothing shows a change'
      : `it is a chain from entry ${chainedFrom} on; an earlier version wrote those before`,
  ];
}
