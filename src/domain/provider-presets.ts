/** Who trains: providers by name. Four speak OpenAI's protocol, nebius with differences. */
export const PROVIDER_NAMES = [
  'openai-compatible',
  'nebius',
  'azure',
  'openai',
  'together',
  'fireworks',
  'command',
] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** Those whose jobs take no seed. */
export const SEEDLESS_PROVIDERS: readonly ProviderName[] = ['fireworks'];

/** What a provider's name stands for where the configuration does not say. */
export interface ProviderPreset {
  /** Where fine-tuning jobs are created. */
  readonly baseURL?: string;
  /** Where its models answer, if elsewhere. */
  readonly chatBaseURL?: string;
  readonly keyVariable: string;
  /** Whether a model that was trained there answers only once it is deployed. */
  readonly needsDeployment?: true;
}

/**
 * Sources: docs.tokenfactory.nebius.com, learn.microsoft.com (Azure's address has the resource's name in it:
 * `https://RESOURCE.openai.azure.com/openai/v1`), docs.together.ai, docs.fireworks.ai.
 */
export const PROVIDER_PRESETS: Readonly<Record<ProviderName, ProviderPreset>> = {
  'openai-compatible': { keyVariable: 'OPENAI_API_KEY' },
  nebius: {
    baseURL: 'https://api.tokenfactory.nebius.com/v1',
    keyVariable: 'NEBIUS_API_KEY',
  },
  azure: { keyVariable: 'AZURE_OPENAI_API_KEY', needsDeployment: true },
  openai: { baseURL: 'https://api.openai.com/v1', keyVariable: 'OPENAI_API_KEY' },
  together: {
    baseURL: 'https://api.together.xyz/v1',
    keyVariable: 'TOGETHER_API_KEY',
    needsDeployment: true,
  },
  fireworks: {
    baseURL: 'https://api.fireworks.ai/v1',
    chatBaseURL: 'https://api.fireworks.ai/inference/v1',
    keyVariable: 'FIREWORKS_API_KEY',
    needsDeployment: true,
  },
  command: { keyVariable: 'OPENAI_API_KEY' },
};
