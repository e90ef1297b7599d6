import type { LoadedConfiguration } from '../config/load.js';
import { SEARCH_ATTRIBUTES } from '../domain/workflow-names.js';
import type { CheckItem } from './check-item.js';
import type { CliContext } from './context.js';
import { countWorkers, withTemporal, type TemporalClient } from './temporal-client.js';

type SearchAttribute = (typeof SEARCH_ATTRIBUTES)[number];

/** What Temporal's CLI calls the types. */
const TYPES = { KEYWORD: 'Keyword', INT: 'Int' } as const;

/** Whether Temporal answers, knows the search attributes, and has a worker. */
export async function checkTemporal(
  { configuration }: LoadedConfiguration,
  { environment, now }: CliContext,
): Promise<readonly CheckItem[]> {
  return withTemporal(configuration, environment, async (temporal) => {
    const { address, namespace } = temporal;
    const items: CheckItem[] = [
      { name: 'temporal', outcome: 'ok', detail: `${address}, namespace ${namespace}` },
    ];
    const missing = await missingAttributes(temporal);
    if (missing.length > 0) {
      const flags = missing
        .map(({ name, type }) => `--name ${name} --type ${TYPES[type]}`)
        .join(' ');
      const how = `temporal operator search-attribute create --namespace ${namespace} ${flags}`;
      items.push({
        name: 'temporal',
        outcome: 'failed',
        detail: `search attributes are missing:\n${how}`,
      });
    }
    const workers = await countWorkers(temporal, now());
    items.push(
      workers > 0
        ? { name: 'worker', outcome: 'ok', detail: `${workers} on ${temporal.taskQueue}` }
        : {
            name: 'worker',
            outcome: 'warning',
            detail: `none polls ${temporal.taskQueue}: start one with holdfast worker`,
          },
    );
    return items;
  });
}

async function missingAttributes({
  client,
  namespace,
}: TemporalClient): Promise<readonly SearchAttribute[]> {
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
    namespace,
  });
  return SEARCH_ATTRIBUTES.filter(({ name }) => !(name in (customAttributes ?? {})));
}
