import type { LoadedConfiguration } from '../config/load.js';
import type { ReleaseResult, SkipInput } from '../domain/contracts.js';
import { windowIndex } from '../domain/window.js';
import { WORKFLOWS } from '../domain/workflow-names.js';
import type { CliContext, ExitCode } from './context.js';
import { operatorOf } from './operator.js';
import { openStoreOf, storeConfiguration } from './stored-run.js';
import { requireWorker, withTemporal } from './temporal-client.js';

/** Puts an audited, empty release in a window's place, so that the windows after it can run. */
export async function runSkip(
  window: string,
  options: { readonly reason?: string; readonly by?: string },
  loaded: LoadedConfiguration,
  context: CliContext,
): Promise<ExitCode> {
  const { configuration } = loaded;
  windowIndex(configuration.window, window);
  const by = operatorOf(options.by, context.environment);
  return withTemporal<ExitCode>(configuration, context.environment, async (temporal) => {
    await requireWorker(temporal, context.now());
    const reference = await storeConfiguration(await openStoreOf(loaded), loaded);
    const input: SkipInput = { ...reference, window, reason: options.reason ?? '', by };
    const { release } = (await temporal.client.workflow.execute(WORKFLOWS.skip, {
      workflowId: `skip/${reference.model}/${window}`,
      taskQueue: temporal.taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `${reference.model}: skip ${window}`,
    })) as ReleaseResult;
    context.output.line(`${window} skipped by ${by}: empty release ${release.slice(0, 12)}`);
    context.output.result({ window, release, by, reason: input.reason });
    return 0;
  });
}
