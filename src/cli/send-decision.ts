import { readFile } from 'node:fs/promises';
import type { Command } from './command-line.js';
import { shapeProblem } from '../domain/approval.js';
import { ConfigError } from '../domain/errors.js';
import type { DecisionRequest } from '../domain/promotion.js';
import { defineAction, loadFor, type CliContext, type CommonOptions } from './context.js';
import { promotionOf, sendDecision } from './decide.js';
import { requireWorker, withTemporal } from './temporal-client.js';

/** `holdfast decide FILE`: sends a decision that was written elsewhere. */
export function registerSendDecision(program: Command, context: CliContext): void {
  const command = program
    .command('decide <file>')
    .summary('send a decision that --print wrote')
    .description(
      'Sends the JSON that `holdfast approve --print` or `holdfast reject --print` wrote, as it is, to the ' +
        'promotion of its candidate: the same as pasting it into the Update dialog of Temporal’s UI. So a ' +
        'decision can be signed where the key is, and sent from where Temporal can be reached. A refused one ' +
        'ends with exit code 1.',
    )
    .addHelpText('after', '\nExample:\n  holdfast decide signed.json\n');
  defineAction<CommonOptions>(command, context, async (options, [file = '']) => {
    const request = await readDecisionFile(file);
    const { configuration } = await loadFor(options);
    return withTemporal(configuration, context.environment, async (temporal) => {
      const found = await promotionOf(temporal, configuration, request.candidate);
      await requireWorker(temporal, context.now());
      return sendDecision(temporal, found, request, context);
    });
  });
}

async function readDecisionFile(file: string): Promise<DecisionRequest> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${file} cannot be read`, { cause: error });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ConfigError(`${file} is not JSON; \`holdfast approve --print\` writes it`);
  }
  const problem = shapeProblem(parsed);
  if (problem !== null) throw new ConfigError(`${file} holds no decision: ${problem}`);
  return parsed as DecisionRequest;
}
