/** A key's form, and the characters that it may begin with. */
export interface IssuedKey {
  readonly first: string;
  /** A unit that it has at a place, where all of its form have one: what has another is not tried. */
  readonly has?: readonly [place: number, unit: string];
  readonly form: RegExp;
}

const HEX_DIGITS = '0123456789abcdef';
const LETTERS_AND_DIGITS = `${HEX_DIGITS}ghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ`;

/**
 * Keys by their issuers' prefixes. A pattern is tried where a word may begin and ends in its greedy run, so
 * that a match is never given back and the search stays linear.
 */
export const ISSUED_KEYS: readonly IssuedKey[] = [
  // OpenAI, Anthropic, OpenRouter, DeepSeek and others
  { first: 's', has: [2, '-'], form: /sk-[A-Za-z0-9_-]{20,}/y },
  // Stripe, and others that follow it
  { first: 'srp', has: [2, '_'], form: /(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{10,}/y },
  { first: 'w', has: [5, '_'], form: /whsec_[A-Za-z0-9+/]{20,}={0,2}/y },
  // Amazon Web Services
  {
    first: 'A',
    has: [3, 'A'],
    form: /(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{16}(?![\p{L}\p{N}])/uy,
  },
  // GitHub, GitLab
  { first: 'g', has: [3, '_'], form: /gh[pousr]_[A-Za-z0-9]{30,}/y },
  { first: 'g', has: [6, '_'], form: /github_pat_[A-Za-z0-9_]{22,}/y },
  { first: 'g', has: [1, 'l'], form: /gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.-]{20,}/y },
  // Slack
  { first: 'x', has: [1, 'o'], form: /xox[abceoprs]-[A-Za-z0-9-]{10,}/y },
  { first: 'x', has: [4, '-'], form: /xapp-[A-Za-z0-9-]{20,}/y },
  {
    first: 'h',
    has: [5, '.'],
    form: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/_-]{20,}/y,
  },
  // Discord's and Telegram's bots
  {
    first: 'd',
    has: [1, 'i'],
    form: /discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[A-Za-z0-9_-]{30,}/y,
  },
  { first: '0123456789', form: /\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/y },
  // Google
  { first: 'A', has: [1, 'I'], form: /AIza[A-Za-z0-9_-]{35,}/y },
  { first: 'y', has: [4, '.'], form: /ya29\.[A-Za-z0-9_-]{20,}/y },
  { first: 'G', has: [6, '-'], form: /GOCSPX-[A-Za-z0-9_-]{20,}/y },
  { first: '1', has: [1, '/'], form: /1\/\/0[A-Za-z0-9_-]{30,}/y },
  // Microsoft Azure: client secrets (`abc8Q~…`), storage and service-bus keys
  {
    first: LETTERS_AND_DIGITS,
    has: [4, 'Q'],
    form: /[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}/y,
  },
  // Hugging Face, Groq, Replicate, xAI, Perplexity, Cohere-like, Fireworks, Nvidia, Tavily, LangSmith
  { first: 'h', has: [2, '_'], form: /hf_[A-Za-z0-9]{30,}/y },
  { first: 'g', has: [3, '_'], form: /gsk_[A-Za-z0-9]{30,}/y },
  { first: 'r', has: [1, '8'], form: /r8_[A-Za-z0-9]{30,}/y },
  { first: 'x', has: [3, '-'], form: /xai-[A-Za-z0-9]{30,}/y },
  { first: 'p', has: [4, '-'], form: /pplx-[A-Za-z0-9]{30,}/y },
  { first: 'f', has: [2, '_'], form: /fw_[A-Za-z0-9]{20,}/y },
  { first: 'n', has: [5, '-'], form: /nvapi-[A-Za-z0-9_-]{40,}/y },
  { first: 't', has: [4, '-'], form: /tvly-[A-Za-z0-9_-]{20,}/y },
  { first: 'l', has: [4, '_'], form: /lsv2_(?:pt|sk)_[A-Za-z0-9_]{30,}/y },
  // npm, PyPI, RubyGems, Docker, crates.io
  { first: 'n', has: [3, '_'], form: /npm_[A-Za-z0-9]{36,}/y },
  { first: 'p', has: [4, '-'], form: /pypi-[A-Za-z0-9_-]{50,}/y },
  { first: 'r', has: [8, '_'], form: /rubygems_[a-f0-9]{40,}/y },
  { first: 'd', has: [4, '_'], form: /dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/y },
  { first: 'c', has: [1, 'i'], form: /cio[A-Za-z0-9]{32}(?![A-Za-z0-9])/y },
  // SendGrid, Mailgun, Mailchimp, Twilio
  { first: 'S', has: [2, '.'], form: /SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}/y },
  { first: 'k', has: [3, '-'], form: /key-[a-f0-9]{32}(?![A-Za-z0-9])/y },
  { first: HEX_DIGITS, has: [32, '-'], form: /[a-f0-9]{32}-us\d{1,2}(?![A-Za-z0-9])/y },
  { first: 'SA', form: /(?:SK|AC)[a-f0-9]{32}(?![A-Za-z0-9])/y },
  // DigitalOcean, Databricks, Shopify, Square, Linear, Notion, Vault, Doppler, New Relic, Grafana, Airtable
  { first: 'd', has: [3, '_'], form: /do[oprt]_v1_[a-f0-9]{40,}/y },
  { first: 'd', has: [1, 'a'], form: /dapi[a-f0-9]{32,}/y },
  { first: 's', has: [5, '_'], form: /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32,}/y },
  { first: 'Es', form: /(?:EAAA|sq0[a-z]{3}-)[A-Za-z0-9_-]{22,}/y },
  { first: 'l', has: [3, '_'], form: /lin_(?:api|oauth)_[A-Za-z0-9]{32,}/y },
  { first: 'ns', form: /(?:ntn|secret)_[A-Za-z0-9]{40,}/y },
  { first: 'h', has: [3, '.'], form: /hv[sb]\.[A-Za-z0-9_-]{24,}/y },
  { first: 'd', has: [2, '.'], form: /dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{40,}/y },
  { first: 'N', has: [4, '-'], form: /NRAK-[A-Z0-9]{27}/y },
  { first: 'g', has: [1, 'l'], form: /gl(?:sa|c)_[A-Za-z0-9_+/=-]{32,}/y },
  { first: 'p', has: [17, '.'], form: /pat[A-Za-z0-9]{14}\.[a-f0-9]{64}/y },
  // age, and JSON web tokens (RFC 7519: header and claims are base64url of `{"…`)
  { first: 'A', has: [3, '-'], form: /AGE-SECRET-KEY-1[A-Z0-9]{58}/y },
  {
    first: 'e',
    has: [2, 'J'],
    form: /eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/y,
  },
];

/** RFC 6750 and 7617: what an authorisation is announced by. */
export const SCHEME_BEFORE = /(?<![\p{L}\p{N}])(?:Bearer|Basic|Token)[ \t]{1,4}$/iu;

/** `api_key = "`, `"client_secret": "`, `--api-key `, `X-Api-Key: ` */
export const KEY_BEFORE =
  /(?:(?:api|access|secret|auth|private|account|app|service|signing|encryption|master|admin|bot|webhook|refresh|session|storage|shared|subscription)[_-]?(?:key|token|secret)(?:[_-]?id)?|client[_-]?secret|secret[_-]?access[_-]?key|credentials?|(?<![\p{L}\p{N}])(?:token|secret|apikey)|key ?id)(?:\\?["'])?(?:[ \t]{0,4}(?:[:=]|=>|:=)[ \t]{0,4}|[ \t](?:is[ \t])?)(?:\\?["'`])?$/iu;

/** `password: "`, `PGPASSWORD=`, `my password is ` */
export const PASSWORD_BEFORE =
  /(?:passwor[dt]|passwd|passphrase|passcode|kennwort|contrase[ñn]a|mot de passe|(?<![\p{L}\p{N}])(?:pwd|pass|pin))(?:\\?["'])?(?:[ \t]{0,4}(?:[:=]|=>|:=)[ \t]{0,4}|[ \t](?:is|was|ist|to)[ \t]{1,2}:?[ \t]?)(?:\\?["'`])?$/iu;
