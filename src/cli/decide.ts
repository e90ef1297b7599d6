import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Command } from './command-line.js';
import type { Configuration } from '../domain/configuration.js';
import type { ApprovalRequest, PromotionStatus } from '../domain/promotion.js';
import { ConfigError, PrerequisiteError } from '../domain/errors.js';
import { DECIDE_UPDATE } from '../domain/workflow-names.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { operatorOf, reasonOf } from './operator.js';
import { endingOf, findPromotions, statusOf, type FoundPromotion } from './promotions.js';
import {
  isDeadlineExceeded,
  requireWorker,
  withTemporal,
  type TemporalClient,
} from './temporal-client.js';

/** How long a decision may take: a small write to the store, and Temporal's round trips. */
const DECISION_TIMEOUT_MS = 30_000;

const EVIDENCE_DIGITS = 8;
const EVIDENCE = /^[0-9a-f]{8,64}$/;

interface DecideOptions extends CommonOptions {
  readonly reason: string;
  readonly approver?: string;
  readonly evidence?: string;
}

/** `holdfast approve` and `holdfast reject`: a person's decision, bound to the evidence. */
export function registerDecide(program: Command, context: CliContext): void {
  for (const decision of ['approve', 'reject'] as const) {
    const effect =
      decision === 'approve'
        ? 'Makes a candidate the champion.'
        : 'Turns a candidate down; its window stays in the chain, its rows stay out of later training.';
    const command = program
      .command(`${decision} <candidate>`)
      .summary(decision === 'approve' ? 'promote a candidate' : 'turn a candidate down')
      .description(
        `${effect} The decision is bound to the evidence under review and ` +
          'to the champion it was measured against: a stale, late or superseded one is refused (exit code 1), ' +
          'and so is one over a failed check. `holdfast status` lists what waits, `holdfast report` shows the evidence.',
      )
      .requiredOption('--reason <text>', 'why; goes into the audit log')
      .option('--approver <name>', 'who decides; the user at the terminal otherwise')
      .option(
        '--evidence <digest>',
        `the evidence you looked at, or at least its first ${EVIDENCE_DIGITS} digits; refused if it is another`,
      )
      .addHelpText(
        'after',
        `\nExample:\n  holdfast ${decision} ft:small:triage-2026-w07 --reason "read the report"\n`,
      );
    defineAction<DecideOptions>(command, context, (options, [candidate = '']) =>
      decide(decision, candidate, options, context),
    );
  }
}

async function decide(
  decision: ApprovalRequest['decision'],
  candidate: string,
  options: DecideOptions,
  context: CliContext,
): Promise<ExitCode> {
  const reason = reasonOf(options.reason);
  const evidence = evidenceDigits(options.evidence);
  const { configuration } = await loadFor(options);
  const approver = operatorOf(options.approver, context.environment);
  return withTemporal(configuration, context.environment, async (temporal) => {
    const found = await promotionOf(temporal, configuration, candidate);
    const handle = temporal.client.workflow.getHandle(found.workflowId, found.runId);
    if (!found.isRunning) return tellLate(candidate, handle, context);
    await requireWorker(temporal, context.now());
    const { subject } = await statusOf(temporal, handle);
    const request: ApprovalRequest = {
      decision,
      candidate,
      evidence: evidenceOf(evidence, subject.evidenceDigest),
      champion: subject.champion,
      approver,
      reason,
    };
    return send(temporal, handle, request, context);
  });
}

/** @throws ConfigError for too few digits: an empty variable of a script would bind the decision to anything. */
function evidenceDigits(given: string | undefined): string | undefined {
  if (given === undefined || EVIDENCE.test(given)) return given;
  throw new ConfigError(
    `--evidence takes the digest of the evidence, or at least its first ${EVIDENCE_DIGITS} hexadecimal digits; \`holdfast report\` shows it`,
  );
}

/** The digest that was given when it is another than the one under review, so that Temporal refuses it. */
function evidenceOf(given: string | undefined, underReview: string): string {
  return given === undefined || underReview.startsWith(given) ? underReview : given;
}

async function promotionOf(
  temporal: TemporalClient,
  { model }: Configuration,
  candidate: string,
): Promise<FoundPromotion> {
  const all = await findPromotions(temporal, model);
  const mine = all.filter((promotion) => promotion.candidate === candidate);
  const found = mine.find((promotion) => promotion.isRunning) ?? mine[0];
  if (found !== undefined) return found;
  const waiting = all.filter((promotion) => promotion.isRunning);
  const names = waiting.map((promotion) => promotion.candidate).join(', ');
  throw new ConfigError(
    `no promotion of ${model} is about ${candidate}; ` +
      (names === '' ? 'nothing waits for a decision' : `waiting: ${names}`),
  );
}

async function send(
  { client }: TemporalClient,
  handle: WorkflowHandle,
  request: ApprovalRequest,
  { output, randomId, now }: CliContext,
): Promise<ExitCode> {
  const { candidate } = request;
  try {
    const deadline = now().getTime() + DECISION_TIMEOUT_MS;
    const status = await client.connection.withDeadline(deadline, () =>
      handle.executeUpdate<PromotionStatus, [ApprovalRequest]>(DECIDE_UPDATE, {
        args: [request],
        updateId: `decision-${randomId()}`,
      }),
    );
    output.line(`${candidate} was ${status.stage} by ${status.decidedBy ?? request.approver}`);
    if (status.stage === 'promoted') {
      output.line(`the champion was ${request.champion}; \`holdfast rollback\` turns it back`);
    }
    output.result({ candidate, outcome: status.stage, by: status.decidedBy, refused: null });
    return 0;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      return tellRefusal(candidate, error.cause?.message ?? 'without a reason', output);
    }
    if (isDeadlineExceeded(error) || isUpdateTimeout(error)) {
      throw new PrerequisiteError(
        `no answer within ${DECISION_TIMEOUT_MS / 1000} s: the decision may still be carried out; look with \`holdfast status\``,
        { cause: error },
      );
    }
    throw error;
  }
}

function isUpdateTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError';
}

async function tellLate(
  candidate: string,
  handle: WorkflowHandle,
  { output }: CliContext,
): Promise<ExitCode> {
  const ending = await endingOf(handle);
  return tellRefusal(candidate, ending, output);
}

function tellRefusal(candidate: string, why: string, output: CliContext['output']): ExitCode {
  output.note(`refused: ${why}`);
  output.result({ candidate, outcome: null, by: null, refused: why });
  return 1;
}
