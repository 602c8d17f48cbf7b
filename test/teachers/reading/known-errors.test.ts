import { expect, test } from 'vitest'
import { anthropic } from '../../../teachers/anthropic.ts'
import { openai } from '../../../teachers/openai.ts'
import { openaiResponses } from '../../../teachers/openai-responses.ts'
import { type Teacher, TeacherError } from '../../../teachers/teacher.ts'
import { question } from '../../conformance/teacher.ts'
import { type Answer, wireServer } from '../wire-server.ts'

const { signal } = new AbortController()
const key = 'sk-0123456789'

const wires: Record<string, (url: string, origin: string) => Teacher> = {
  chat: baseURL => openai({ model: 'm', baseURL, apiKey: key }),
  responses: baseURL => openaiResponses({ model: 'm', baseURL, apiKey: key }),
  messages: (_, baseURL) => anthropic({ model: 'm', baseURL, apiKey: key }),
}

async function failure(make: (typeof wires)[string], answer: Answer): Promise<TeacherError> {
  await using server = await wireServer(() => ({ headers: {}, ...answer }))
  const error: unknown = await make(server.url, server.origin)
    .ask(question(), signal)
    .catch((thrown: unknown) => thrown)
  expect(server.arrived).toHaveLength(1)
  if (error instanceof TeacherError) return error
  throw new Error(`it gave ${JSON.stringify(error)}`)
}

type Flags = Partial<Pick<TeacherError, 'fatal' | 'doubtful' | 'transient' | 'overloaded' | 'gone' | 'stop'>>
const none: Flags = {
  fatal: false,
  doubtful: undefined,
  transient: false,
  overloaded: false,
  gone: false,
  stop: undefined,
}
const ways = {
  length: { stop: 'length' },
  filter: { stop: 'content_filter' },
  'stops the run': { fatal: true },
  'stops the run unless it answered before': { fatal: true, doubtful: 'place' },
  'stops the run unless it took the key before': { fatal: true, doubtful: 'key' },
  'fewer at once': { transient: true, overloaded: true },
  'another try': { transient: true },
  'waits for it': { transient: true, gone: true },
  'never again': {},
} satisfies Record<string, Flags>

const error = (message: string, more: object = {}) => ({ error: { message, ...more } })
const anthropicError = (type: string, message: string) => ({ type: 'error', error: { type, message } })

/** Who says it, with which status and how; and what follows. */
const rows: [way: keyof typeof ways, who: string, status: number, body: unknown][] = [
  [
    'length',
    'OpenAI',
    400,
    error('Your input exceeds the context window of this model. Please adjust your input and try again.', {
      type: 'invalid_request_error',
      param: 'input',
      code: 'context_length_exceeded',
    }),
  ],
  [
    'length',
    'vLLM',
    400,
    {
      object: 'error',
      message:
        "This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens. Please reduce the length of the input messages.",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
  ],
  [
    'length',
    'vLLM, of images',
    400,
    error(
      'The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens plus multimodal tokens.',
    ),
  ],
  [
    'length',
    'llama.cpp',
    400,
    error('the request exceeds the available context size, try increasing it', {
      code: 400,
      type: 'exceed_context_size_error',
      n_prompt_tokens: 9000,
      n_ctx: 8192,
    }),
  ],
  ['length', 'older llama.cpp', 500, error('Context size has been exceeded.', { type: 'server_error' })],
  [
    'length',
    'LM Studio',
    400,
    {
      error:
        'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.',
    },
  ],
  [
    'length',
    'Ollama',
    400,
    error('prompt too long; exceeded max context length by 12 tokens', { type: 'api_error' }),
  ],
  [
    'length',
    'SGLang',
    400,
    {
      object: 'error',
      message: "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
      type: 'BadRequest',
      code: 400,
    },
  ],
  [
    'length',
    'SGLang, with the reply',
    400,
    error(
      "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 5000 tokens.",
    ),
  ],
  [
    'length',
    'Anthropic',
    400,
    anthropicError('invalid_request_error', 'prompt is too long: 204000 tokens > 200000 maximum'),
  ],
  [
    'length',
    'Anthropic, with the reply',
    400,
    anthropicError(
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again',
    ),
  ],
  [
    'length',
    'Anthropic, in bytes',
    413,
    anthropicError('request_too_large', 'Request exceeds the maximum size'),
  ],
  [
    'length',
    'Gemini',
    400,
    [
      {
        error: {
          code: 400,
          message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
          status: 'INVALID_ARGUMENT',
        },
      },
    ],
  ],
  [
    'length',
    'Mistral',
    400,
    {
      object: 'error',
      message:
        'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      type: 'invalid_request_error',
      code: 3051,
    },
  ],
  [
    'length',
    'xAI',
    400,
    {
      code: 'Client specified an invalid argument',
      error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    },
  ],
  [
    'length',
    'Groq',
    400,
    error('Please reduce the length of the messages or completion.', { code: 'context_length_exceeded' }),
  ],
  [
    'length',
    'OpenRouter, of another',
    400,
    error('Provider returned error', {
      code: 400,
      metadata: {
        raw: '{"error":{"message":"This model\'s maximum context length is 32768 tokens. However, you requested 40000 tokens"}}',
        provider_name: 'Other',
      },
    }),
  ],
  ['length', 'Bedrock', 400, { message: 'Input is too long for requested model.' }],
  [
    'length',
    'Text Generation Inference',
    422,
    {
      error:
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 100 `max_new_tokens`',
      error_type: 'validation',
    },
  ],
  [
    'length',
    'Moonshot',
    400,
    error('Invalid request: Your request exceeded model token limit: 8192', {
      type: 'invalid_request_error',
    }),
  ],
  ['length', 'Zhipu', 400, error('Prompt exceeds max length', { code: '1261' })],
  [
    'length',
    'DashScope',
    400,
    error('Range of input length should be [1, 30720]', { code: 'invalid_parameter_error' }),
  ],
  ['length', 'MiniMax', 400, error('invalid params, context window exceeds limit (2013)')],
  [
    'length',
    'GitHub',
    413,
    error('Request body too large for gpt-4o model. Max size: 8000 tokens.', {
      code: 'tokens_limit_reached',
    }),
  ],
  ['length', 'Cohere', 400, { message: 'too many tokens: size limit exceeded by 200 tokens' }],
  ['length', 'a 200', 200, error('prompt is too long: 5 > 4', { type: 'invalid_request_error' })],

  [
    'filter',
    'Azure',
    400,
    error(
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      {
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    ),
  ],
  [
    'filter',
    'OpenAI',
    400,
    error('Invalid prompt: your prompt was flagged as potentially violating our usage policy.', {
      type: 'invalid_request_error',
      code: 'invalid_prompt',
    }),
  ],
  [
    'filter',
    'xAI',
    403,
    {
      code: 'The caller does not have permission to execute the specified operation',
      error: 'Content violates usage guidelines. Team: 1, API key ID: 2, Failed check: SAFETY_CHECK_TYPE_BIO',
    },
  ],
  [
    'filter',
    'OpenRouter',
    403,
    error('openai/m requires moderation on OpenInference. Your input was flagged for "violence".', {
      code: 403,
      metadata: { reasons: ['violence'], flagged_input: 'You have exceeded your current quota…' },
    }),
  ],
  [
    'filter',
    'Anthropic',
    400,
    anthropicError('invalid_request_error', 'Output blocked by content filtering policy'),
  ],
  ['filter', 'DeepSeek', 400, error('Content Exists Risk', { type: 'invalid_request_error' })],
  [
    'filter',
    'DashScope',
    400,
    error('Input data may contain inappropriate content.', { code: 'data_inspection_failed' }),
  ],
  [
    'filter',
    'Moonshot',
    400,
    error('The request was rejected because it was considered high risk', { type: 'content_filter' }),
  ],
  ['filter', 'StepFun', 451, error('The content you provided or machine outputted is blocked.')],
  [
    'filter',
    'Gemini',
    400,
    [{ error: { code: 400, message: 'The prompt was blocked.', status: 'PROHIBITED_CONTENT' } }],
  ],
  ['filter', 'a 200', 200, error('Your input was flagged', { code: 403 })],

  [
    'stops the run',
    'OpenAI, without money',
    429,
    error('You exceeded your current quota, please check your plan and billing details.', {
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
  ],
  [
    'stops the run',
    'OpenAI, at its limit',
    400,
    error('Billing hard limit has been reached', { code: 'billing_hard_limit_reached' }),
  ],
  [
    'stops the run',
    'Anthropic, without money',
    400,
    anthropicError('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
  ],
  [
    'stops the run',
    'Anthropic, at its limit',
    400,
    anthropicError(
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2027-01-01 at 00:00 UTC.',
    ),
  ],
  ['stops the run', 'DeepSeek, without money', 402, error('Insufficient Balance')],
  [
    'stops the run',
    'OpenRouter, without money',
    402,
    error('This request requires more credits, or fewer max_tokens.', { code: 402 }),
  ],
  [
    'stops the run',
    'OpenRouter, key at its limit',
    403,
    error('Key limit exceeded (total limit).', { code: 403 }),
  ],
  [
    'stops the run',
    'xAI, without money',
    429,
    {
      code: 'Some resource has been exhausted',
      error: 'Your team 1 has either used all available credits or reached its monthly spending limit.',
    },
  ],
  [
    'stops the run',
    'SiliconFlow, without money',
    403,
    { code: 30001, message: 'Sorry, your account balance is insufficient' },
  ],
  [
    'stops the run',
    'Moonshot, without money',
    429,
    error('Your account is suspended due to insufficient balance, please recharge', {
      type: 'exceeded_current_quota_error',
    }),
  ],
  [
    'stops the run',
    'one-api, without money',
    403,
    error('user quota is not enough', { code: 'insufficient_user_quota' }),
  ],
  [
    'stops the run',
    'LiteLLM, without money',
    400,
    error('Budget has been exceeded! Current cost: 1.0, Max budget: 0.9'),
  ],
  [
    'stops the run',
    'Hugging Face, without money',
    402,
    { error: 'You have exceeded your monthly included credits for Inference Providers.' },
  ],
  [
    'stops the run',
    'DashScope, in arrears',
    400,
    error('Access denied, please make sure your account is in good standing.', { code: 'Arrearage' }),
  ],
  [
    'stops the run',
    'Zhipu, without money',
    429,
    error('Insufficient balance or no resource package', { code: '1113' }),
  ],
  ['stops the run', 'no money in a 200', 200, error('You ran out of credits', { code: 429 })],
  [
    'stops the run',
    'a closed account',
    401,
    error('The OpenAI account has been deactivated.', { code: 'account_deactivated' }),
  ],
  ['stops the run', 'a flagged account', 403, error('Your account was flagged for potential abuse.')],
  ['stops the run', 'a model without tools', 400, error('m does not support tools')],
  [
    'stops the run',
    'vLLM without a parser',
    400,
    error('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
  ],

  [
    'stops the run unless it took the key before',
    'a wrong key',
    401,
    error(`Incorrect API key provided: ${key}`),
  ],
  ['stops the run unless it answered before', 'no permission', 403, error('Not yours')],
  ['stops the run unless it answered before', 'no such model', 404, error('The model m does not exist')],
  ['stops the run unless it took the key before', 'a wrong key in a 200', 200, error('no', { code: 401 })],

  ['fewer at once', 'a rate limit', 429, error('Rate limit reached', { code: 'rate_limit_exceeded' })],
  ['fewer at once', 'OpenRouter, in a 200', 200, error('Rate limited upstream', { code: 429 })],
  ['fewer at once', 'Anthropic, in a 200', 200, anthropicError('overloaded_error', 'Overloaded')],
  [
    'fewer at once',
    'Google, of a minute',
    429,
    [
      {
        error: {
          code: 429,
          message:
            'You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: requests, limit: 10\nPlease retry in 36.9s.',
          status: 'RESOURCE_EXHAUSTED',
        },
      },
    ],
  ],
  [
    'fewer at once',
    'Azure',
    429,
    error(
      'Requests have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 5 seconds.',
      {
        code: '429',
      },
    ),
  ],
  [
    'fewer at once',
    'Anthropic, of a minute',
    429,
    anthropicError(
      'rate_limit_error',
      'This request would exceed the rate limit for your organization of 50,000 input tokens per minute.',
    ),
  ],
  ['fewer at once', 'llama.cpp, loading', 503, error('Loading model', { type: 'unavailable_error' })],
  [
    'fewer at once',
    'Gemini, busy',
    503,
    [{ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }],
  ],

  ['another try', 'a fault of the server', 500, error('Internal server error')],
  [
    'another try',
    'vLLM, in a 200',
    200,
    { object: 'error', message: 'Internal error', type: 'InternalServerError', code: 500 },
  ],
  ['another try', 'a page in a 200', 200, '<html><head><title>Sign in</title></head></html>'],
  ['another try', 'a time-out', 408, error('Request timed out')],
  ['waits for it', 'a gateway alone', 502, '<html><head><title>502 Bad Gateway</title></head></html>'],
  ['waits for it', 'a gateway that waited', 504, 'upstream request timeout'],

  [
    'never again',
    'a bad request',
    400,
    error("'logit_bias' is not supported with this model.", { code: 'unsupported_parameter' }),
  ],
  [
    'never again',
    'a reply too long for it',
    400,
    error('max_tokens is too large: 100000. This model supports at most 16384 completion tokens'),
  ],
  [
    'never again',
    'a reply too long for Claude',
    400,
    anthropicError(
      'invalid_request_error',
      'max_tokens: 20000 > 8192, which is the maximum allowed number of output tokens',
    ),
  ],
  [
    'never again',
    'FastAPI',
    422,
    { detail: [{ loc: ['body', 'messages', 0], msg: 'Field required', input: 'x'.repeat(300_000) }] },
  ],
  [
    'never again',
    'nginx',
    413,
    '<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n</html>',
  ],
  [
    'never again',
    'llama.cpp without eyes',
    500,
    error('image input is not supported - hint: if this is unexpected, you may need to provide the mmproj', {
      code: 500,
      type: 'server_error',
    }),
  ],
  [
    'never again',
    'llama.cpp with a broken call',
    500,
    error('Failed to parse tool call arguments as JSON: unexpected end'),
  ],
  [
    'never again',
    'more than a minute takes',
    429,
    error('Request too large for m on tokens per min (TPM): Limit 30000, Requested 40000.', {
      code: 'rate_limit_exceeded',
    }),
  ],
]

test.each(rows)('%s: %s, %i', async (way, _, status, body) => {
  const type = typeof body === 'string' ? 'text/html' : 'application/json'
  for (const make of Object.values(wires)) {
    const found = await failure(make, { status, body, type })
    const { fatal, doubtful, transient, overloaded, gone, stop } = found
    expect({ fatal, doubtful, transient, overloaded, gone, stop }, found.message).toEqual({
      ...none,
      ...ways[way],
    })
    expect(found.message).toMatch(/^teacher m: [^\n]{1,330}$/)
    expect(found.message).not.toContain(key)
  }
})

const lines: [what: string, key: string, answer: Answer, line: string][] = [
  [
    'a short key is masked as a word of its own only',
    'token',
    { status: 400, body: error("'max_tokens' of token is odd") },
    "teacher m: 400 'max_tokens' of (the key) is odd",
  ],
  [
    'of a page stands its title, and what may help',
    'k',
    {
      status: 413,
      body: `<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n${'x'.repeat(40_000)}</html>`,
      type: 'text/html',
    },
    'teacher m: 413 a page: 413 Request Entity Too Large (smaller or fewer pictures may help: `imageSide`)',
  ],
  [
    'an echoed request is left out',
    'k',
    {
      status: 422,
      body: { detail: [{ loc: ['body', 'messages', 0], msg: 'Field required', input: 'x'.repeat(300_000) }] },
    },
    'teacher m: 422 body.messages.0 Field required',
  ],
]

test.each(lines)('%s', async (_, apiKey, answer, line) => {
  const make = (baseURL: string) => openai({ model: 'm', baseURL, apiKey })
  expect((await failure(make, answer)).message).toBe(line)
})
