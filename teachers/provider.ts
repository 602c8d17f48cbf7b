import { TeacherError } from './teacher.ts'

/** Whom an official package is for, and what it would read from the environment of its own accord. */
export interface Provider {
  /** How the names of all its variables begin. */
  prefix: string
  /** The variable of its key. */
  key: string
  /** The variable of an address that would be asked in its place. */
  address: string
  /** The origins that its key is for. */
  own: RegExp
  /** Variables that would change what is sent. */
  unsent: readonly string[]
}

export const openAiProvider: Provider = {
  prefix: 'OPENAI_',
  key: 'OPENAI_API_KEY',
  address: 'OPENAI_BASE_URL',
  // Regions have addresses of their own.
  own: /^https:\/\/(?:\w+\.)?api\.openai\.com$/,
  unsent: ['OPENAI_ORG_ID', 'OPENAI_PROJECT_ID', 'OPENAI_CUSTOM_HEADERS'],
}

export const anthropicProvider: Provider = {
  prefix: 'ANTHROPIC_',
  key: 'ANTHROPIC_API_KEY',
  address: 'ANTHROPIC_BASE_URL',
  own: /^https:\/\/api\.anthropic\.com$/,
  unsent: ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_CUSTOM_HEADERS'],
}

/** What a config says of keys and addresses. */
interface Given {
  baseURL?: string | undefined
  apiKey?: string
  apiKeyEnv?: string
}

/** Whether the provider itself is asked, and not another server that speaks its wire. */
export const isAsked = ({ own }: Provider, baseURL: string | undefined): boolean =>
  baseURL === undefined || own.test(URL.parse(baseURL)?.origin ?? '')

/**
 * The key to connect with. The provider's own variable is read for the provider alone; another server gets what the
 * config names for it, and may need none. Throws TeacherError where there is no key, and where the environment names
 * an address: with the key, the pictures of every task would go there.
 */
export function keyFor(provider: Provider, { apiKey, apiKeyEnv, baseURL }: Given, name: string): string {
  const fail = (line: string) => new TeacherError(`teacher ${name}: ${line}`, { fatal: true })
  if (baseURL === undefined && !isAsked(provider, filled(provider.address)))
    throw fail(
      `${provider.address} is set, and asks another than the config does; give \`baseURL\`, or unset it`,
    )
  const otherwise = apiKey ?? (isAsked(provider, baseURL) ? filled(provider.key) : 'none')
  const key = apiKeyEnv ? filled(apiKeyEnv) : otherwise
  if (key) return key
  throw fail(`no API key; set ${apiKeyEnv ?? `${provider.key} or give a baseURL`}`)
}

/** A line for each thing in the environment that the official package would send, and that is not sent. */
export function unsentFrom(provider: Provider, { apiKey, apiKeyEnv, baseURL }: Given): string[] {
  const { key, unsent } = provider
  const keyless = baseURL !== undefined && !isAsked(provider, baseURL) && !apiKey && !apiKeyEnv
  const set = unsent.filter(variable => filled(variable) !== undefined)
  return [
    ...(keyless && filled(key) !== undefined ? [keyUnsent(key, new URL(baseURL).host)] : []),
    ...set.map(variable => `${variable} is not sent; give a ready \`client\` if it is needed`),
  ]
}

const keyUnsent = (key: string, host: string) =>
  `${key} is not sent to ${host}; add apiKeyEnv: '${key}' if that server is to have it, or apiKey: 'none'`

/** As the packages read it. */
const filled = (variable: string): string | undefined => process.env[variable]?.trim() || undefined

/** Makes a client while no variable of its provider is there: the packages have no other way to leave all unread. */
export function unseeing<Client>({ prefix }: Provider, make: () => Client): Client {
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith(prefix))
  for (const [name] of hidden) delete process.env[name]
  try {
    return make()
  } finally {
    Object.assign(process.env, Object.fromEntries(hidden))
  }
}
