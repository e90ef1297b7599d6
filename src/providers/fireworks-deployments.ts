import { z } from 'zod';
import { ProviderError } from '../domain/errors.js';
import type { ModelDeployments } from '../domain/fine-tuning.js';
import { ask } from './ask.js';
import { ignoringConflict, orNull } from './fireworks-answers.js';
import type { FireworksOptions } from './fireworks-options.js';
import { askHost } from './http.js';

/** docs.fireworks.ai/api-reference: `Deployment`. */
const deploymentObject = z.object({ name: z.string(), state: z.string().nullish() });

const LOOK_MS = 5_000;
/** 5 s × 360 = 30 minutes: as long as the provider's own tool waits. */
const LOOKS = 360;
/** Without a question for so long a deployment has no machine any more; the shortest that is taken. */
const SCALE_TO_ZERO = '300s';
type Signal = AbortSignal | undefined;

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
      await ignoringConflict(() =>
        ask(host, deploymentObject, { method: 'POST', path, body, signal }),
      );
      return untilReady(host, pathOf(modelId), signal);
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

async function untilReady(host: FireworksOptions, path: string, signal: Signal): Promise<string> {
  for (let looks = 0; ; looks += 1) {
    const { name, state } = await ask(host, deploymentObject, { method: 'GET', path, signal });
    if (state === 'READY') return name;
    if (state === 'FAILED' || state === 'DELETING' || state === 'DELETED') {
      const message = `deployment ${name} is ${state}; look at it in Fireworks' own console`;
      throw new ProviderError(message, { status: null, isRetryable: state !== 'FAILED' });
    }
    if (looks >= LOOKS) {
      const message = `deployment ${name} was not ready after ${(LOOK_MS * LOOKS) / 60_000} minutes`;
      throw new ProviderError(message, { status: null, isRetryable: true });
    }
    await host.sleep(LOOK_MS, signal);
  }
}
