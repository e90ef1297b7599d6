import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type {
  DecisionRequest,
  DecisionStatement,
  PromotionInput,
  PromotionStatus,
  PromotionSubject,
} from '../../src/domain/promotion.js';
import { DECIDE_UPDATE, promotionWorkflowId, WORKFLOWS } from '../../src/domain/workflow-names.js';
import { declareChampion } from '../../src/promotion/alias.js';
import { signDecision } from '../../src/promotion/decision-signature.js';
import type { RunningWorker } from '../../src/worker.js';
import { statement, testApprover, type TestApprover } from './approvers.js';
import { runHoldfast, type CliRun } from './cli.js';
import { startLoop, type Loop } from './loop.js';
import { SECRETS } from './project.js';
import { storeEvidence, type EvidenceOptions } from './promotion-set-up.js';

export const ana = testApprover('ana', 1);
export const ben = testApprover('ben', 2);
export const carl = testApprover('carl', 4);
/** Has a key, and is on no list. */
export const eve = testApprover('eve', 3);

/** A promotion that waits for signed decisions. */
export interface Waiting {
  readonly subject: PromotionSubject;
  readonly workflowId: string;
  readonly handle: WorkflowHandle;
}

export type OpenOptions = EvidenceOptions &
  Partial<PromotionInput> & {
    /** Of the workflow, where it is not to be the promotion's own. */
    readonly id?: string;
    /** False where other promotions of the same candidate run, and none is looked for by its candidate. */
    readonly alone?: boolean;
  };

/** A Temporal server, a worker whose approvers have keys, and promotions over a store without any windows. */
export interface SignedLoop {
  readonly loop: Loop;
  readonly championId: string;
  /** Starts a promotion whose evidence says promote. */
  open(options: OpenOptions): Promise<Waiting>;
  holdfast(...argv: readonly string[]): Promise<CliRun>;
  /** Writes a decision to a file and sends it by the command line; gives exit code and what was told. */
  sendByCommand(request: object): Promise<CliRun>;
  keyFile(approver: TestApprover): string;
  close(): Promise<void>;
}

let nonces = 0;

/** A signed decision on a promotion, as `holdfast approve --print` writes it, with changes before it is signed. */
export function signedDecision(
  { subject }: Pick<Waiting, 'subject'>,
  by: TestApprover,
  changes: Partial<DecisionStatement> = {},
): DecisionRequest {
  nonces += 1;
  const said = statement({
    candidate: subject.candidate,
    champion: subject.champion,
    championVersion: subject.championVersion,
    evidence: subject.evidenceDigest,
    approver: by.name,
    expires: new Date(Date.now() + 3_600_000).toISOString(),
    nonce: nonces.toString(16).padStart(32, '0'),
    ...changes,
  });
  return signDecision(said, by.key);
}

/** Sends a decision as the dialog of Temporal's UI does: the pasted object as the Update's one argument. */
export async function paste(
  { handle }: Pick<Waiting, 'handle'>,
  request: object,
): Promise<{ readonly refused: string | null; readonly status: PromotionStatus | null }> {
  try {
    const status = await handle.executeUpdate<PromotionStatus, [object]>(DECIDE_UPDATE, {
      args: [request],
    });
    return { refused: null, status };
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    let cause: Error = error;
    while (cause.cause instanceof Error) cause = cause.cause;
    return { refused: cause.message, status: null };
  }
}

/** Starts all of it; `approval` is the section of the configuration, without its approvers. */
export async function startSignedLoop(approval: object = {}): Promise<SignedLoop> {
  const approvers = [ana, ben, carl].map(({ configured }) => configured);
  const changes = { approval: { approvers, ...approval } };
  const loop = await startLoop({
    firstWindow: '2026-W01',
    championRows: 4,
    evalSamples: 4,
    changes,
  });
  const { championId, folder, store } = loop.project;
  await declareChampion(store, 'triage', championId, '2026-01-05T06:00:00.000Z');
  const worker: RunningWorker = await loop.startWorker();
  let files = 0;
  const keyFile = (approver: TestApprover): string => {
    const path = join(folder, `${approver.name}.pem`);
    const pem = approver.key.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(path, pem, { mode: 0o600 });
    return path;
  };
  const holdfast = (...argv: readonly string[]): Promise<CliRun> =>
    runHoldfast([...argv, '--config', join(folder, 'holdfast.yaml')], {
      environment: {
        HOLDFAST_SPLIT_KEY: SECRETS.splitKey,
        LOCAL_KEY: SECRETS.providerKey,
        USER: 'root',
      },
    });
  return {
    loop,
    championId,
    keyFile,
    holdfast,
    open: async ({ candidate, champion = championId, version = 1, window, ...more }) => {
      const { id, alone = true, ...input } = more;
      const options = { candidate, champion, version, ...(window === undefined ? {} : { window }) };
      const subject = await storeEvidence(store, options);
      const workflowId = id ?? promotionWorkflowId('triage', subject.evidenceDigest);
      const args: PromotionInput = {
        ...subject,
        deadlineHours: 24,
        approvers: approvers.map(({ name }) => name),
        reasons: ['The candidate is better.'],
        identities: 'signed',
        ...input,
      };
      const handle = await loop.client.workflow.start(WORKFLOWS.promotion, {
        workflowId,
        taskQueue: 'holdfast',
        args: [args],
      });
      if (alone) await listedAlone(loop, candidate, workflowId);
      return { subject, workflowId, handle };
    },
    sendByCommand: async (request) => {
      files += 1;
      const path = join(folder, `decision-${files}.json`);
      writeFileSync(path, JSON.stringify(request, null, 2));
      return holdfast('decide', path);
    },
    close: async () => {
      await worker.stop();
      await loop.close();
    },
  };
}

/** Waits until Temporal's list shows this promotion, and no other, as the one that runs for the candidate. */
async function listedAlone(loop: Loop, candidate: string, workflowId: string): Promise<void> {
  const query = `HoldfastCandidate = '${candidate}' AND ExecutionStatus = 'Running'`;
  for (;;) {
    const found: string[] = [];
    for await (const execution of loop.client.workflow.list({ query })) {
      found.push(execution.workflowId);
    }
    if (found.length === 1 && found[0] === workflowId) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
