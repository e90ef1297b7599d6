import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Command } from './command-line.js';
import type { Configuration } from '../domain/configuration.js';
import type { DecisionRequest, PromotionStatus } from '../domain/promotion.js';
import { isSigned } from '../domain/approval.js';
import { identitiesSentence } from '../domain/approver.js';
import { ConfigError, PrerequisiteError } from '../domain/errors.js';
import { DECIDE_UPDATE } from '../domain/workflow-names.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { sha256Hex } from '../storage/objects.js';
import { decisionRequest, nameOfKey, signingKey, type Intention } from './decision-request.js';
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

/** How long a signed decision may be sent, where nothing else is asked for. */
const VALID_HOURS = 1;
const LONGEST_VALID_HOURS = 30 * 24;

interface DecideOptions extends CommonOptions {
  readonly reason: string;
  readonly key?: string;
  readonly validHours?: string;
  readonly print?: boolean;
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
      .option(
        '--approver <name>',
        'who decides; whose key it is, or the user at the terminal, otherwise',
      )
      .option('--key <file>', 'sign with this key (default: what HOLDFAST_APPROVER_KEY names)')
      .option(
        '--valid-hours <n>',
        `until when a signed decision may be sent (default: ${VALID_HOURS})`,
      )
      .option('--print', "send nothing: write the JSON for the Update dialog of Temporal's UI")
      .option(
        '--evidence <digest>',
        `the evidence you looked at, or at least its first ${EVIDENCE_DIGITS} digits; refused if it is another`,
      )
      .addHelpText(
        'after',
        `\nExamples:\n  holdfast ${decision} ft:small:triage-2026-w07 --reason "read the report"\n` +
          `  holdfast ${decision} ft:small:triage-2026-w07 --reason "read the report" --key ana.pem --print\n`,
      );
    defineAction<DecideOptions>(command, context, (options, [candidate = '']) =>
      decide(decision, candidate, options, context),
    );
  }
}

async function decide(
  decision: Intention['decision'],
  candidate: string,
  options: DecideOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { environment, now, randomId } = context;
  const reason = reasonOf(options.reason);
  const evidence = evidenceDigits(options.evidence);
  const validHours = validHoursOf(options.validHours);
  const { configuration } = await loadFor(options);
  const key = await signingKey(options.key, configuration, environment);
  const approver = operatorOf(options.approver ?? nameOfKey(key, configuration), environment);
  const nonce = sha256Hex(randomId()).slice(0, 32);
  const signing = key === null ? null : { key, validHours, now: now(), nonce };
  return withTemporal(configuration, context.environment, async (temporal) => {
    const found = await promotionOf(temporal, configuration, candidate);
    if (!found.isRunning) return tellLate(candidate, handleOf(temporal, found), context);
    await requireWorker(temporal, context.now());
    const { subject } = await statusOf(temporal, handleOf(temporal, found));
    const reviewed = evidenceOf(evidence, subject.evidenceDigest);
    const intention = { decision, approver, reason, evidence: reviewed };
    const request = decisionRequest({ ...subject, candidate }, intention, signing);
    return options.print === true
      ? print(request, found.workflowId, context)
      : sendDecision(temporal, found, request, context);
  });
}

/** The JSON is indented: one long line makes the dialog jump under the pointer when it is left. */
function print(request: DecisionRequest, workflowId: string, { output }: CliContext): ExitCode {
  output.note(`for ${workflowId} in Temporal's UI: More Actions, Send an Update, ${DECIDE_UPDATE}`);
  if (isSigned(request)) output.note(`it can be sent once, until ${request.expires}`);
  else output.note(identitiesSentence('claims'));
  output.line(JSON.stringify(request, null, 2));
  output.result(request);
  return 0;
}

function validHoursOf(given: string | undefined): number {
  const hours = given === undefined ? VALID_HOURS : Number(given);
  if (hours > 0 && hours <= LONGEST_VALID_HOURS) return hours;
  throw new ConfigError(`--valid-hours takes a number above 0, at most ${LONGEST_VALID_HOURS}`);
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

function handleOf(
  { client }: TemporalClient,
  { workflowId, runId }: FoundPromotion,
): WorkflowHandle {
  return client.workflow.getHandle(workflowId, runId);
}

/** The promotion that is about a candidate: the one that runs, else the newest. @throws ConfigError */
export async function promotionOf(
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

/** Sends a decision to its promotion, and tells how that ended; a refusal has exit code 1. */
export async function sendDecision(
  temporal: TemporalClient,
  found: FoundPromotion,
  request: DecisionRequest,
  context: CliContext,
): Promise<ExitCode> {
  const { candidate } = request;
  const { output, randomId, now } = context;
  const { client } = temporal;
  const handle = handleOf(temporal, found);
  if (!found.isRunning) return tellLate(candidate, handle, context);
  try {
    const deadline = now().getTime() + DECISION_TIMEOUT_MS;
    const status = await client.connection.withDeadline(deadline, () =>
      handle.executeUpdate<PromotionStatus, [DecisionRequest]>(DECIDE_UPDATE, {
        args: [request],
        updateId: `decision-${randomId()}`,
      }),
    );
    tellAccepted(request, status, output);
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

function tellAccepted(
  { candidate, approver, champion }: DecisionRequest,
  { stage, decidedBy, approvals, required, identities }: PromotionStatus,
  output: CliContext['output'],
): void {
  if (stage === 'awaiting-approval') {
    const count = `${approvals.length} of ${required}: ${approvals.join(', ')}`;
    output.line(`${candidate} was approved by ${approver}; approvals: ${count}`);
  } else output.line(`${candidate} was ${stage} by ${decidedBy ?? approver}`);
  output.line(identitiesSentence(identities));
  if (stage === 'promoted') {
    output.line(`the champion was ${champion}; \`holdfast rollback\` turns it back`);
  }
  const counted = { approvals, required, identities };
  output.result({ candidate, outcome: stage, by: decidedBy, refused: null, ...counted });
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
