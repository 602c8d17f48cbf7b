import { InputError } from '../../schemas/input-error.ts'
import { type Json, type JsonObject, textsIn } from '../../schemas/json.ts'

/**
 * How an address is asked. In the strings of `headers`, `query` and `body`, `{query}` stands for the words to look for
 * (in an image search `{image}` or `{link}` for the image), `{top}` for how many results to give, `{env:NAME}` for a
 * variable of the environment, where keys come from.
 */
export interface SearchRequest {
  url: string
  headers?: Record<string, string>
  query?: Record<string, string | number | boolean>
  body?: JsonObject
}

const blank = /\{(\w+)(?::(\w+))?\}/g
const environment = '{env:'

/** The blanks for what is looked for. */
export type Sought = 'query' | 'image' | 'link'

/** How a service is asked. The keys are read when it is. */
interface Requesting {
  /** The request for what is looked for. Throws as `ready`. */
  make(
    asked: string,
    top: number,
  ): { url: URL; init: { method: string; headers: Record<string, string>; body?: string } }
  /** Throws InputError, which names the variable, where a key is not in the environment. */
  ready(): void
}

/**
 * The query or image stands at the blank `sought`, or at none if it is sent in another way. Throws InputError for an
 * invalid address and an unknown blank.
 */
export function searchRequest(
  name: string,
  request: SearchRequest,
  sought: Sought | null = 'query',
): Requesting {
  const refuse = (problem: string): never => {
    throw new InputError([`${name}: ${problem}`])
  }
  const url = addressOf(request.url, refuse)
  const { headers = {}, query = {}, body } = request
  const variables = variablesIn([headers, query, body ?? {}], [...(sought ? [sought] : []), 'top'], refuse)
  const keys = () => keysFrom(variables, refuse)
  if (sought && !textsIn([query, body ?? {}]).some(text => text.includes(`{${sought}}`)))
    refuse(`neither its query nor its body says {${sought}}, where what to look for stands`)

  function make(asked: string, top: number) {
    const values = { ...keys(), ...(sought && { [sought]: asked }), top }
    const put = <Value extends Json>(value: Value): Value => filled(value, values) as Value
    const address = new URL(url)
    for (const [name, value] of Object.entries(put(query))) address.searchParams.set(name, String(value))
    const sent = { accept: 'application/json', ...put(headers) }
    const init = body
      ? {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...sent },
          body: JSON.stringify(put(body)),
        }
      : { method: 'GET', headers: sent }
    return { url: address, init }
  }
  return { make, ready: () => void keys() }
}

/** The request as plain data without what holds a key: that may change without changing an answer. */
export const withoutKeys = ({ url, headers, query, body }: SearchRequest): JsonObject =>
  keyless({ url, ...(headers && { headers }), ...(query && { query }), ...(body && { body }) }) as JsonObject

function addressOf(text: string, refuse: (problem: string) => never): URL {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return refuse('its url is no http or https address')
  if (url.username || url.password)
    return refuse('its url holds a password; send it in a header by {env:NAME}')
  return url
}

/** The variables of the environment that are named. */
function variablesIn(parts: Json, known: string[], refuse: (problem: string) => never): string[] {
  const blanks = textsIn(parts).flatMap(text => [...text.matchAll(blank)])
  return blanks.flatMap(([written, kind, variable]) => {
    if (kind === 'env' && variable) return [variable]
    if (!variable && known.includes(kind ?? '')) return []
    return refuse(`there is nothing to put for ${written}; {${known.join('}, {')}} and {env:NAME} are known`)
  })
}

/** What they hold, by their blanks. */
const keysFrom = (variables: readonly string[], refuse: (problem: string) => never): Record<string, string> =>
  Object.fromEntries(
    variables.map(variable => [
      `env:${variable}`,
      process.env[variable] || refuse(`no API key; set ${variable}`),
    ]),
  )

/**
 * Values are put in once: a query that says {top} stays as it is. A string that is nothing but a blank takes its type.
 */
function filled(value: Json, values: Record<string, string | number>): Json {
  if (typeof value === 'string') {
    if (value === '{top}') return values.top ?? value
    return value.replace(blank, written => String(values[written.slice(1, -1)] ?? written))
  }
  return mapped(value, item => filled(item, values))
}

function keyless(value: Json): Json {
  const kept = (item: Json) => typeof item !== 'string' || !item.includes(environment)
  if (Array.isArray(value)) return value.filter(kept).map(keyless)
  if (value === null || typeof value !== 'object') return value
  return mapped(Object.fromEntries(Object.entries(value).filter(([, item]) => kept(item))), keyless)
}

function mapped(value: Json, map: (item: Json) => Json): Json {
  if (Array.isArray(value)) return value.map(map)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item)]))
}
