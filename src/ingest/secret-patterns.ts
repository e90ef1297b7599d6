import type { Found } from './found.js';

/** How far a private key's end may be from its beginning; an RSA key of 16,384 bits has 12,700 characters. */
const LONGEST_PRIVATE_KEY = 16_384;

const KEY = '[KEY]';

/**
 * Keys by their issuers' prefixes. A pattern ends in its greedy run, so that a match is never given back
 * and the search stays linear.
 */
const ISSUED: readonly RegExp[] = [
  // OpenAI, Anthropic, OpenRouter and others
  /(?<![\p{L}\p{N}])sk-[A-Za-z0-9_-]{20,}/gu,
  // Stripe
  /(?<![\p{L}\p{N}])(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}/gu,
  /(?<![\p{L}\p{N}])whsec_[A-Za-z0-9+/]{20,}={0,2}/gu,
  // Amazon Web Services
  /(?<![\p{L}\p{N}])(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}(?![\p{L}\p{N}])/gu,
  // GitHub, GitLab
  /(?<![\p{L}\p{N}])gh[pousr]_[A-Za-z0-9]{30,}/gu,
  /(?<![\p{L}\p{N}])github_pat_[A-Za-z0-9_]{22,}/gu,
  /(?<![\p{L}\p{N}])glpat-[A-Za-z0-9_-]{20,}/gu,
  // Slack
  /(?<![\p{L}\p{N}])xox[abeoprs]-[A-Za-z0-9-]{10,}/gu,
  /(?<![\p{L}\p{N}])xapp-[A-Za-z0-9-]{20,}/gu,
  /hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,}/gu,
  // Google
  /(?<![\p{L}\p{N}])AIza[A-Za-z0-9_-]{35,}/gu,
  /(?<![\p{L}\p{N}])ya29\.[A-Za-z0-9_-]{20,}/gu,
  /(?<![\p{L}\p{N}])GOCSPX-[A-Za-z0-9_-]{20,}/gu,
  // Hugging Face, Groq, Replicate, xAI
  /(?<![\p{L}\p{N}])hf_[A-Za-z0-9]{30,}/gu,
  /(?<![\p{L}\p{N}])gsk_[A-Za-z0-9]{30,}/gu,
  /(?<![\p{L}\p{N}])r8_[A-Za-z0-9]{30,}/gu,
  /(?<![\p{L}\p{N}])xai-[A-Za-z0-9]{30,}/gu,
  // npm, PyPI, SendGrid, DigitalOcean, Databricks
  /(?<![\p{L}\p{N}])npm_[A-Za-z0-9]{36,}/gu,
  /(?<![\p{L}\p{N}])pypi-[A-Za-z0-9_-]{50,}/gu,
  /(?<![\p{L}\p{N}])SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}/gu,
  /(?<![\p{L}\p{N}])dop_v1_[a-f0-9]{40,}/gu,
  /(?<![\p{L}\p{N}])dapi[a-f0-9]{32,}/gu,
];

/** RFC 7519: header and claims are base64url of `{"…`. */
const WEB_TOKEN =
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g;

/** RFC 6750 and 7617: `Bearer` and `Basic` with what follows them. */
const AUTHORISATION =
  /(?<![\p{L}\p{N}])(Bearer|Basic)([ \t]{1,4})([A-Za-z0-9._~+/-]{16,}={0,2})/giu;

/** `api_key = "…"`, `"client_secret": "…"` */
const ASSIGNED =
  /((?:api|access|secret|auth|private|account)[_-]?(?:key|token)|client[_-]?secret|aws_secret_access_key)(["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)([A-Za-z0-9._~+/-]{16,}={0,2})/gi;

/** The password of `scheme://user:password@host`. */
const URL_PASSWORD = /(:\/\/[^\s/:@[\]]{0,64}:)([^\s/@[\]]{1,128})@/g;

const PRIVATE_KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const PRIVATE_KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
/** Lines of base64, also where their line feeds are written as `\n`. */
const PRIVATE_KEY_BODY = /(?:(?:\s|\\[nr]){0,8}[A-Za-z0-9+/=]{16,})*/y;

/** Replaces keys, tokens and passwords in URLs by `[KEY]`. */
export function redactKeys(text: string, found: Found): string {
  const secret = (value: string): string => {
    if (!isRandom(value)) return value;
    found('key');
    return KEY;
  };
  let current = redactPrivateKeys(text, found);
  for (const pattern of ISSUED) current = current.replace(pattern, secret);
  current = current.replace(WEB_TOKEN, secret);
  current = current.replace(AUTHORISATION, (_, scheme: string, space: string, value: string) => {
    return `${scheme}${space}${secret(value)}`;
  });
  current = current.replace(ASSIGNED, (_, name: string, sign: string, value: string) => {
    // Code assigns names too (`api_key = settings.OPENAI_KEY`), hardly ever with digits.
    return `${name}${sign}${/\d/.test(value) ? secret(value) : value}`;
  });
  return current.replace(URL_PASSWORD, (_, start: string) => {
    found('key');
    return `${start}${KEY}@`;
  });
}

/**
 * Not words joined by hyphens: these have no digits and seldom both cases. Of 20 characters of base 62,
 * (26 / 62)^20 = 3e-8 are lower-case letters only.
 */
function isRandom(value: string): boolean {
  return /\d/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value));
}

function redactPrivateKeys(text: string, found: Found): string {
  let result = '';
  let position = 0;
  for (;;) {
    PRIVATE_KEY_BEGIN.lastIndex = position;
    const begin = PRIVATE_KEY_BEGIN.exec(text);
    if (begin === null) return result + text.slice(position);
    const body = begin.index + begin[0].length;
    found('key');
    result += `${text.slice(position, begin.index)}${KEY}`;
    position = endOfPrivateKey(text, body);
  }
}

function endOfPrivateKey(text: string, body: number): number {
  const reach = text.slice(body, body + LONGEST_PRIVATE_KEY);
  PRIVATE_KEY_END.lastIndex = 0;
  const end = PRIVATE_KEY_END.exec(reach);
  if (end !== null) return body + end.index + end[0].length;
  PRIVATE_KEY_BODY.lastIndex = body;
  return body + (PRIVATE_KEY_BODY.exec(text)?.[0].length ?? 0);
}
