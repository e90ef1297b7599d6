import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  ParentClosePolicy,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  CloseWindowResult,
  DecideResult,
  ReleaseResult,
  StepInput,
  WindowInput,
  WindowOutcome,
} from '../src/domain/contracts.js';
import type { CostEstimate } from '../src/domain/cost-estimate.js';
import { counted } from '../src/domain/counted.js';
import { describeGeneration } from '../src/domain/generation.js';
import type { Fate } from '../src/domain/manifest.js';
import type { ApprovalTerms, PromotionSubject } from '../src/domain/promotion.js';
import { formatUsd } from '../src/domain/spend.js';
import { promotionWorkflowId } from '../src/domain/workflow-names.js';
import { control, data, models } from './activity-options.js';
import { fineTune, leavingNothingUp, type Trained } from './fine-tune.js';
import { measureAndDecide } from './measure-and-decide.js';
import { attributes } from './messages.js';
import { openParking, type Parking } from './parked-job.js';
import { promotion } from './promotion.js';
import type { Story } from './story.js';
import { askingLines, booksLine, detectableLines, openStory, unknownFilesLine } from './story.js';

/**
 * One window's twelve steps: close its input, ingest, split, select, assemble, dedupe, decontaminate,
 * write the release, fine-tune, evaluate, decide; the twelfth, a person's approval, is a workflow of its
 * own that this one starts and leaves. A dry run ends with the release and the cost estimate, a rebuild
 * with the comparison of the release's digest.
 */
export async function fineTuneWindow(input: WindowInput): Promise<WindowOutcome> {
  const story = openStory(input);
  story.stage('closing');
  const closed = await data.closeWindow.executeWithOptions(
    { summary: `close the input of ${input.window.id}` },
    [input],
  );
  if (closed.decided !== null) return outcome(input, closed.decided.release, 'already-decided');
  story.tell(
    `input closed: ${counted(closed.sourceCount, 'source object')}, ` +
      `${counted(closed.sourceBytes, 'byte')}, champion ${closed.championId}`,
  );
  if (closed.generation !== undefined) story.tell(`**${describeGeneration(closed.generation)}**`);
  if (closed.unknownFileCount > 0) story.tell(unknownFilesLine(closed.unknownFileCount));
  const step = stepInput(input, closed);
  const parking = openParking(step, story, closed.remindEveryHours);
  const release = await buildRelease(step, story);
  const trained = { ...step, release: release.release };
  if (input.mode === 'rebuild') return compareWithChain(input, trained, release, story);
  const estimate = await estimateCost(input, trained, parking);
  story.tell(
    `estimate: ${counted(estimate.tokens, 'token')}, ${formatUsd(estimate.cost)} (cap ${formatUsd(estimate.maximumCost)})`,
  );
  for (const line of [...askingLines(estimate), ...detectableLines(estimate)]) story.tell(line);
  if (input.mode === 'dry-run') {
    return { ...outcome(input, release.release, 'dry-run', release), estimate };
  }
  await data.advanceChain.executeWithOptions({ summary: 'the chain moves to this window' }, [
    trained,
  ]);
  // The candidate of a release that was replaced is not to be promoted any more, whichever run completes this.
  if (closed.replacedRelease !== null) {
    const exceptId = workflowInfo().workflowId;
    await control.supersedePromotions.executeWithOptions(SUPERSEDE, [
      { ...trained, window: input.window.id, exceptId },
    ]);
  }
  if (release.freshRows === 0) return nothingToTrainOn(input, trained, release, story);
  const { modelId: candidate, isPutUp } = await fineTune(trained, story, parking);
  return leavingNothingUp(trained, isPutUp, async () => {
    const decided = await measureAndDecide(trained, candidate, story, parking);
    return conclude(input, closed, trained, release, candidate, decided, story);
  });
}

function stepInput(input: WindowInput, closed: CloseWindowResult): StepInput {
  const { model, window } = input;
  const { configDigest, manifestKey } = closed;
  return { model, configDigest, window, manifestKey };
}

async function buildRelease(step: StepInput, story: Story): Promise<ReleaseResult> {
  const steps = [
    ['ingest', 'read and redact the logs'],
    ['split', 'place every record on its side'],
    ['select', 'choose examples and references'],
    ['assemble', 'join history'],
    ['dedupe', 'fold duplicates'],
    ['decontaminate', 'n-grams and MinHash against frozen evals and all holdout'],
  ] as const;
  for (const [name, summary] of steps) {
    story.stage(name);
    const result = await data[name].executeWithOptions({ summary }, [step]);
    story.tell(booksLine(result.books));
  }
  story.stage('release');
  const release = await data.writeRelease.executeWithOptions({ summary: 'write the release' }, [
    step,
  ]);
  upsertSearchAttributes([
    { key: attributes.trainRows, value: release.trainRows },
    { key: attributes.findings, value: release.findings },
  ]);
  story.tell(
    `release ${release.release.slice(0, 12)}: ${counted(release.trainRows, 'training row')}, ` +
      `${counted(release.holdoutSamples, 'holdout sample')}, ${counted(release.findings, 'finding')}`,
  );
  return release;
}

/** A dry run is to look only: a provider that wants its bill paid ends it. */
async function estimateCost(
  { mode }: WindowInput,
  trained: Trained,
  parking: Parking,
): Promise<CostEstimate> {
  const summary = 'what training will cost';
  const estimate = (): Promise<CostEstimate> =>
    models.estimateCost.executeWithOptions({ summary }, [trained]);
  return mode === 'dry-run' ? estimate() : parking.untilPaid('release', summary, estimate);
}

async function compareWithChain(
  input: WindowInput,
  trained: Trained,
  release: ReleaseResult,
  story: Story,
): Promise<WindowOutcome> {
  const summary = 'is it the release of then?';
  const { same } = await data.compareRelease.executeWithOptions({ summary }, [trained]);
  story.tell(same ? 'rebuilt to the same digest' : 'REBUILT TO ANOTHER DIGEST');
  if (!same) {
    throw ApplicationFailure.nonRetryable(
      `window ${input.window.id} was rebuilt to another release than the chain holds`,
      'InvariantError',
    );
  }
  return outcome(input, release.release, 'rebuilt', release);
}

async function nothingToTrainOn(
  input: WindowInput,
  trained: Trained,
  release: ReleaseResult,
  story: Story,
): Promise<WindowOutcome> {
  await recordFate(trained, 'skipped');
  story.stage('nothing-to-train-on');
  return outcome(input, release.release, 'nothing-to-train-on', release);
}

const SUPERSEDE = { summary: 'promotions that wait for nothing any more end' };

/** Writes down what became of the release, for the weeks to come. */
async function recordFate(trained: Trained, fate: Fate): Promise<void> {
  await models.recordFate.executeWithOptions(
    { summary: `the release is written down as ${fate}` },
    [{ ...trained, window: trained.window.id, fate }],
  );
}

async function conclude(
  input: WindowInput,
  closed: CloseWindowResult,
  trained: Trained,
  release: ReleaseResult,
  candidate: string,
  decided: DecideResult,
  story: Story,
): Promise<WindowOutcome> {
  const promotionId = decided.waits
    ? await openPromotion(input, closed, trained, candidate, decided)
    : null;
  const fate = { promote: 'pending', inconclusive: 'inconclusive', hold: 'held' } as const;
  if (promotionId === null) {
    await recordFate(trained, fate[decided.decision]);
  }
  await models.writeReport.executeWithOptions({ summary: 'write the report' }, [
    { ...trained, evidenceKey: decided.evidenceKey },
  ]);
  story.stage(promotionId === null ? decided.decision : 'awaiting-approval');
  if (promotionId !== null) story.tell(`a person decides in ${promotionId}`);
  return {
    ...outcome(input, release.release, decided.decision, release),
    candidate,
    evidenceDigest: decided.evidenceDigest,
    promotionId,
  };
}

/** Starts the promotion and leaves it: a waiting person never delays the next window. */
async function openPromotion(
  input: WindowInput,
  closed: CloseWindowResult,
  trained: Trained,
  candidate: string,
  decided: DecideResult,
): Promise<string> {
  const subject: PromotionSubject = {
    model: input.model,
    configDigest: input.configDigest,
    window: input.window.id,
    release: trained.release,
    candidate,
    champion: closed.championId,
    championVersion: decided.championVersion,
    evidenceDigest: decided.evidenceDigest,
    decision: decided.decision,
  };
  const promotionId = promotionWorkflowId(input.model, decided.evidenceDigest);
  await control.supersedePromotions.executeWithOptions(SUPERSEDE, [
    { ...trained, window: null, exceptId: promotionId },
  ]);
  await recordFate(trained, 'pending');
  try {
    await startChild(promotion, {
      workflowId: promotionId,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [
        {
          ...subject,
          deadlineHours: decided.deadlineHours,
          approvers: decided.approvers,
          reasons: decided.reasons,
          submitter: input.startedBy ?? null,
          ...termsOf(decided),
        },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${candidate} for ${input.model}: ${decided.decision}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return promotionId;
}

function termsOf({ required = 1, identities = 'claims', ...rest }: ApprovalTerms): ApprovalTerms {
  const { remindEveryHours } = rest;
  return { required, identities, ...(remindEveryHours === undefined ? {} : { remindEveryHours }) };
}

function outcome(
  input: WindowInput,
  release: string,
  decision: WindowOutcome['decision'],
  built?: ReleaseResult,
): WindowOutcome {
  return {
    window: input.window.id,
    release,
    decision,
    candidate: null,
    evidenceDigest: null,
    promotionId: null,
    trainRows: built?.trainRows ?? 0,
  };
}
