import { z } from 'zod';
import { ProviderError } from '../domain/errors.js';
import type { ModelDeployments } from '../domain/fine-tuning.js';
import { ask } from './ask.js';
import { ignoringConflict, orNull } from './fireworks-answers.js';
import type { FireworksOptions } from './fireworks-options.js';
import { askHost } from './http.js';

/** docs.fireworks.ai/api-reference: `Deployment`. */
const deploymentObject = z.object({ name: z.string(), state: z.string().nullish() });
type DeploymentObject = z.infer<typeof deploymentObject>;

const LOOK_MS = 5_000;
/** 5 s × 360 = 30 minutes: as long as the provider's own tool waits. */
const LOOKS = 360;
/** 5 s × 60 = 5 minutes: so long a deployment of this id may be gone, or on its way out. */
const GONE_LOOKS = 60;
/** Without a question for so long a deployment has no machine any more; the shortest that is taken. */
const SCALE_TO_ZERO = '300s';

/**
 * Adapters answer at Fireworks on a machine of their own only, which is paid for by the second while it is there. A
 * deployment's id is its model's, so that making it again is refused with 409. It begins and ends without a machine: what
 * is left behind costs nothing, and is deleted by the provider after a week.
 */
export function fireworksDeployments(host: FireworksOptions, account: string): ModelDeployments {
  const pathOf = (modelId: string): string =>
    `${account}/deployments/${encodeURIComponent(idOf(modelId))}`;
  return {
    deploy: async (modelId, signal) => {
      const body = {
        baseModel: modelId,
        minReplicaCount: 0,
        maxReplicaCount: 1,
        autoscalingPolicy: { scaleToZeroWindow: SCALE_TO_ZERO },
      };
      const path = `${account}/deployments?deploymentId=${encodeURIComponent(idOf(modelId))}`;
      const make = (): Promise<void> =>
        ignoringConflict(() => ask(host, deploymentObject, { method: 'POST', path, body, signal }));
      const read = (): Promise<DeploymentObject | null> =>
        orNull(() => ask(host, deploymentObject, { method: 'GET', path: pathOf(modelId), signal }));
      const pause = (): Promise<void> => host.sleep(LOOK_MS, signal);
      return { deployment: await untilReady({ modelId, make, read, pause }) };
    },
    undeploy: async (modelId, signal) => {
      // Its last question is mostly a few minutes old, and so soon a deployment is in use and not deleted.
      const path = `${pathOf(modelId)}?ignoreChecks=true`;
      await orNull(() => askHost(host, { method: 'DELETE', path, signal }));
    },
  };
}

/** `accounts/me/models/holdfast-1` gives `holdfast-1`. */
function idOf(modelId: string): string {
  return modelId.split('/').at(-1) ?? modelId;
}

/** One model's deployment: `make` leaves one that is there as it is, and `read` gives `null` for none. */
interface Deploying {
  readonly modelId: string;
  readonly make: () => Promise<void>;
  readonly read: () => Promise<DeploymentObject | null>;
  readonly pause: () => Promise<void>;
}

/** Makes the deployment, again where it is gone, and waits until it is ready; one being deleted is waited for first. */
async function untilReady({ modelId, make, read, pause }: Deploying): Promise<string> {
  await make();
  let gone = 0;
  for (let looks = 0; ; looks += 1) {
    const deployment = await read();
    const state = deployment === null ? 'DELETED' : deployment.state;
    if (deployment !== null && state === 'READY') return deployment.name;
    if (state === 'FAILED') throw notPutUp(modelId, 'is FAILED', false);
    const isGone = state === 'DELETED' || state === 'DELETING';
    if (isGone) gone += 1;
    if (gone >= GONE_LOOKS) throw notPutUp(modelId, `stays ${state ?? ''}`, false);
    if (looks >= LOOKS) {
      throw notPutUp(modelId, `was not ready after ${(LOOK_MS * LOOKS) / 60_000} minutes`, true);
    }
    await pause();
    if (state === 'DELETED') await make();
  }
}

function notPutUp(modelId: string, what: string, isRetryable: boolean): ProviderError {
  const message =
    `model ${modelId} is trained, but not put up: its deployment ${idOf(modelId)} ${what}. Look at it in ` +
    'Fireworks’ own console, delete it there where it is of no use, and run the window again with --reopen: ' +
    'the model is not trained again';
  return new ProviderError(message, { status: null, isRetryable });
}
