import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Command } from './command-line.js';
import { ConfigError, PrerequisiteError } from '../domain/errors.js';
import { publicKeyText } from '../promotion/decision-signature.js';
import { defineAction, type CliContext, type CommonOptions, type ExitCode } from './context.js';
import { operatorOf } from './operator.js';

interface NewKeyOptions extends CommonOptions {
  readonly name?: string;
}

/** `holdfast keys new`: what an approver signs decisions with. */
export function registerKeys(program: Command, context: CliContext): void {
  const command = program
    .command('keys')
    .summary('make a key that decisions are signed with')
    .command('new <file>')
    .summary('make a key pair, and print the lines for the configuration')
    .description(
      'Makes an Ed25519 key pair. The private key is written to the file (PKCS #8, PEM), which only you can ' +
        'read and which must not be there yet; the public key is printed as the lines that go under ' +
        'approval.approvers in the configuration. Keep the file out of repositories and away from workers: ' +
        'whoever has it decides in your name.',
    )
    .option('--name <name>', 'whose key it is; the user at the terminal otherwise')
    .addHelpText('after', '\nExample:\n  holdfast keys new ~/.holdfast-ana.pem --name ana\n');
  defineAction<NewKeyOptions>(command, context, (options, [file = '']) =>
    makeKey(file, options, context),
  );
}

async function makeKey(
  file: string,
  options: NewKeyOptions,
  { output, environment }: CliContext,
): Promise<ExitCode> {
  const name = operatorOf(options.name, environment);
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  try {
    await writeFile(file, pem, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw unwritten(file, error);
  }
  const publicKey = publicKeyText(privateKey);
  output.note(`the private key is in ${file}; these lines go under approval.approvers:`);
  output.line(`    - name: ${JSON.stringify(name)}`);
  output.line(`      publicKey: ${publicKey}`);
  output.result({ name, publicKey, file });
  return 0;
}

function unwritten(file: string, error: unknown): Error {
  if ((error as { readonly code?: unknown }).code === 'EEXIST') {
    return new ConfigError(
      `${file} is there already; a key is never written over, so name another file`,
    );
  }
  return new PrerequisiteError(`${file} cannot be written`, { cause: error });
}
