import { createFireworksHost } from '../../src/providers/fireworks.js';
import { createNebiusHost } from '../../src/providers/nebius.js';
import { createOpenAICompatibleHost } from '../../src/providers/openai-compatible.js';
import { createTogetherHost } from '../../src/providers/together.js';
import { jobProtocolConformance } from '../conformance/job-protocol.js';
import { FIREWORKS_ACCOUNT, fireworksProtocol } from '../support/providers/fireworks-server.js';
import { SERVER_KEY } from '../support/providers/job-server.js';
import { NEBIUS_SERVED_BASE, nebiusProtocol } from '../support/providers/nebius-server.js';
import { openaiProtocol } from '../support/providers/openai-server.js';
import { togetherProtocol } from '../support/providers/together-server.js';

jobProtocolConformance('openai-compatible', {
  protocol: openaiProtocol,
  openHost: (baseURL, _clock, key = SERVER_KEY) => createOpenAICompatibleHost({ baseURL, key }),
  choosesIds: false,
});

jobProtocolConformance('azure', {
  protocol: openaiProtocol,
  openHost: (baseURL, _clock, key = SERVER_KEY) =>
    createOpenAICompatibleHost({ baseURL, key, keyHeader: 'api-key', name: 'azure' }),
  choosesIds: false,
});

jobProtocolConformance('nebius', {
  protocol: nebiusProtocol,
  openHost: (baseURL, { sleep }, key = SERVER_KEY) =>
    createNebiusHost({ baseURL, key, sleep, servedBaseModel: NEBIUS_SERVED_BASE }),
  choosesIds: false,
  lacks: ['dpo', 'continues'],
});

jobProtocolConformance('together', {
  protocol: togetherProtocol,
  openHost: (baseURL, _clock, key = SERVER_KEY) => createTogetherHost({ baseURL, key }),
  choosesIds: false,
});

jobProtocolConformance('fireworks', {
  protocol: fireworksProtocol,
  openHost: (baseURL, { sleep }, key = SERVER_KEY, method) =>
    createFireworksHost({
      ...{ baseURL, key, sleep, account: FIREWORKS_ACCOUNT },
      ...(method !== undefined && { method }),
    }),
  choosesIds: true,
});
