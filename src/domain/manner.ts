import type { Json } from './json.js';

/** What a host calls the longest answer: reasoning models of OpenAI refuse the first, older hosts the second. */
export const LIMIT_FIELDS = ['max_tokens', 'max_completion_tokens'] as const;

/** What becomes of a thought that stands in front of an answer. */
export const REASONING = ['keep', 'strip'] as const;

/** How a host is asked, beside model, messages, temperature and length. */
export interface Manner {
  /** Sent with every request as they are, under the host's own names. */
  readonly parameters?: Readonly<Record<string, Json>> | undefined;
  /** `max_tokens` where left out. */
  readonly limitField?: (typeof LIMIT_FIELDS)[number] | undefined;
  /** `keep` where left out: it is part of the answer. */
  readonly reasoning?: (typeof REASONING)[number] | undefined;
}

/** A manner with what decides only whether an answer comes, and is part of no key. */
export interface HostManner extends Manner {
  /** How long an answer is waited for; a minute where left out. */
  readonly timeoutSeconds?: number | undefined;
}

/** A manner as keys and digests hold it: without what changes nothing, so that they stay what they are where nothing is set. */
export function mannerOf({ parameters = {}, limitField, reasoning }: Manner): Manner {
  return {
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(limitField === 'max_completion_tokens' && { limitField }),
    ...(reasoning === 'strip' && { reasoning }),
  };
}
