import type { SaidError } from './said-error.ts'

/**
 * What an error means for whoever asked. `length` and `content_filter` are ends of this conversation. No money
 * (`purse`), a closed account and a server that is set up wrongly (`setup`) meet every later call; a refused `key`,
 * model or address (`place`) may. The server is `busy` or `away`, or something is `passing`. Or it does not take this
 * `request`, now or later.
 */
export type Meaning =
  | 'length'
  | 'content_filter'
  | 'purse'
  | 'account'
  | 'setup'
  | 'key'
  | 'place'
  | 'busy'
  | 'away'
  | 'passing'
  | 'request'

interface KnownError {
  means: Meaning
  /** Any of its codes, types and reasons. */
  named?: RegExp
  words?: RegExp
  /** Only with these statuses, or without. `undefined` is none. */
  with?: readonly (number | undefined)[]
  without?: readonly (number | undefined)[]
  /** Only where it says how long to wait. */
  waits?: true
}

const refusals = [400, 403, 413, 422, 451, 500, undefined]

/**
 * How servers say it; the first that fits counts. What a program reads comes before what people read, and what concerns
 * an account before what concerns a text. A provider that says it in other words is another row.
 */
const known: readonly KnownError[] = [
  // OpenAI, Anthropic, Azure; one-api and its forks; Moonshot; LiteLLM; DashScope, Volcengine.
  {
    means: 'purse',
    named:
      /^(insufficient_(quota|balance|user_quota|funds|credits?)|billing_(error|not_active|hard_limit_reached)|exceeded_current_quota_error|budget_exceeded|arrearage|accountoverdueerror|payment_required)$/i,
    // Google and DashScope call a minute's rate so, too, and say when it is over.
    without: [500, 503],
  },
  { means: 'account', named: /^(account_(deactivated|suspended)|access_terminated|blocked_api_access)$/i },
  // OpenAI, Groq: more than a minute's tokens in one request.
  { means: 'request', words: /request too large for/i, with: [413, 429] },
  {
    means: 'busy',
    words:
      /(retry|try again) (in|after|later)|per[ _-]?(second|minute|min|hour|day)\b|rate.?limit|too many requests|\b[rt]pm\b/i,
    with: [429],
  },
  { means: 'busy', with: [429], waits: true },
  {
    means: 'account',
    words:
      /\b(account|organi[sz]ation|workspace|api key|subscription)\b.{0,60}\b(suspended|deactivated|disabled|terminated|banned|flagged|closed)\b/i,
    without: [404],
  },
  // Anthropic; DeepSeek, SiliconFlow, Zhipu, MiniMax; OpenRouter; xAI; Hugging Face; Together; Anthropic's own limit.
  {
    means: 'purse',
    words:
      /(balance|credits?|funds|budget|quota|(spend(ing)?|usage|credit|key) limits?)\b.{0,50}\b(insufficient|too low|exhausted|exceeded|depleted|used up|overdue|run out|ran out|reached|not enough)|(insufficient|exceeded|not enough|used all|out of|reached|requires? more|no remaining|negative)\b.{0,40}\b(balance|credits?|funds|billing|budget|quota|(spend(ing)?|usage|credit|key) limits?)|billing hard limit|arrear|good standing/i,
    with: [400, 401, 402, 403, 412, 429, undefined],
  },
  { means: 'purse', with: [402] },
  // Azure, OpenAI; DashScope; Google; Moonshot, Zhipu; Volcengine; StepFun.
  {
    means: 'content_filter',
    named:
      /^(content_?filter|content_policy_violation|responsibleaipolicyviolation|data_?inspection_?failed|moderation\w*|content_moderation\w*|safety|prohibited_content|image_safety|blocklist|invalid_prompt|input(text|image)\w*sensitive\w*|censorship\w*|guardrail\w*)$/i,
  },
  // OpenAI, Groq, Cerebras; llama.cpp; Anthropic; GitHub; LiteLLM.
  {
    means: 'length',
    named:
      /^(context_length_exceeded|exceed_context_size_error|context_window_exceeded|contextwindowexceedederror|string_above_max_length|prompt_too_long|input_too_long|request_too_large|tokens_limit_reached|model_max_prompt_tokens_exceeded)$/i,
  },
  { means: 'content_filter', with: [451] },
  // xAI; OpenRouter; OpenAI; Anthropic; DeepSeek; Moonshot; DashScope; Bedrock.
  {
    means: 'content_filter',
    words:
      /content[ _-]?(filter|polic|management|moderation|violat|exists risk)|usage (guideline|polic)|safety[ _](check|system|filter|setting|polic)|moderation|\bflagged\b|prohibited content|(inappropriate|sensitive|unsafe|harmful|high.risk) (content|input|prompt)|considered high risk|responsible ai|guardrail|blocked (by|due to|for) .{0,30}(safety|filter|polic)/i,
    with: refusals,
  },
  // OpenAI, vLLM, DeepSeek, OpenRouter; llama.cpp, LM Studio, Ollama; SGLang; Anthropic; Google; Mistral; xAI; Bedrock;
  // Text Generation Inference; Moonshot; Zhipu, DashScope.
  {
    means: 'length',
    words:
      /maximum (context|prompt|model|input|sequence) (length|window|size)|context (length|window|size|limit)s?\b.{0,60}\b(exceed|overflow|reached|less|smaller|not enough|limit)|(exceed|longer|larger|greater|too (long|large|big)|overflow|reached)\w*\b.{0,60}\b(context|model token limit|token limit|maximum number of (input )?tokens)|context.{0,20}(exceed|overflow)|(prompt|input|conversation)s?( is| are|) too (long|large)|token count.{0,40}exceeds|number of (input )?tokens exceeds|(prompt|input) .{0,20}exceeds? (the )?max(imum)? length|reduce the length of the (messages|prompt|input)|inputs` tokens \+|range of input length|too many (input )?tokens/i,
    with: refusals,
  },
  // Ollama; vLLM.
  { means: 'setup', words: /does not support tools|requires --enable-auto-tool-choice/i },
  // llama.cpp and others that say 500 to what they will never take.
  {
    means: 'request',
    words:
      /not supported|unsupported|does(n't| not) support|failed to (parse|decode|load image)|unterminated|jinja|chat template|roles must alternate|invalid (request|argument|image|role|parameter)/i,
    with: [500],
  },
  { means: 'key', with: [401] },
  { means: 'place', with: [403, 404] },
  { means: 'busy', with: [429, 503, 529] },
  { means: 'away', with: [502, 504, 520, 521, 522, 523, 530] },
  // They timed out, or met another one; `undefined`: nothing, or no whole answer, came back.
  { means: 'passing', with: [408, 409, 425, 498, 499, undefined] },
  { means: 'request', with: [501, 505] },
]

export function meaningOf(said: SaidError): Meaning {
  const found = known.find(row => fits(row, said))
  return found?.means ?? ((said.status ?? 0) >= 500 ? 'passing' : 'request')
}

const fits = (row: KnownError, { status, names, message, wait }: SaidError): boolean =>
  (!row.waits || wait !== undefined) &&
  (row.with?.includes(status) ?? true) &&
  !row.without?.includes(status) &&
  (row.named === undefined || names.some(name => row.named?.test(name))) &&
  (row.words?.test(message) ?? true)
