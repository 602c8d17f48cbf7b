import Type, { type Static, type TSchema } from 'typebox'
import { InputError } from '../../schemas/input-error.ts'
import { JsonObject } from '../../schemas/json.ts'
import { closed, count, filledText, httpAddress, readOptions, usd } from '../../schemas/options.ts'
import { type ServiceError, ServiceLimits } from '../service.ts'
import type { TextProvider } from '../text-search.ts'
import { getJson } from './http-json.ts'
import { hitsIn, ResultPaths } from './search-hits.ts'
import { searchRequest, withoutKeys } from './search-request.ts'

/** What an address can say. */
export const Scalars = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))
export type Scalars = Static<typeof Scalars>

/** What every search over HTTP may be told. */
export const Common = {
  name: Type.Optional(filledText),
  limits: Type.Optional(ServiceLimits),
  /** USD that a call costs. */
  usdPerCall: Type.Optional(usd),
  /** For a whole answer. Half a minute by default. */
  timeoutMs: Type.Optional(count),
}
/** What a search engine is told. If it is asked by an address alone, its parameters go there, else into a body. */
export const engineOptions = <Params extends TSchema>(params: Params) => ({
  ...Common,
  /** The variable of the environment that holds the key. */
  apiKeyEnv: Type.Optional(filledText),
  /** Another address that speaks the same wire, such as a proxy. */
  baseURL: Type.Optional(httpAddress),
  /** Further parameters of the request, as the engine documents them. They win over those made here. */
  params: Type.Optional(params),
})

/** What an engine was told, with its own variable and address where it was told none. */
export const engineAt = <Engine extends { apiKeyEnv?: string; baseURL?: string; params?: object }>(
  { apiKeyEnv, baseURL, params, ...settings }: Engine,
  variable: string,
  address: string,
) => ({
  key: `{env:${apiKeyEnv ?? variable}}`,
  at: (path: string) => below(baseURL ?? address, path),
  params: { ...params } as NonNullable<Engine['params']>,
  settings,
})

/**
 * How an address is asked that answers with a list of results in JSON, and where they stand. Blanks: see
 * `SearchRequest`.
 */
export const Mapping = {
  ...Common,
  ...ResultPaths.properties,
  name: filledText,
  /** What is searched, in words for the teacher, such as "the web". */
  subject: Type.Optional(filledText),
  url: Type.String(),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  query: Type.Optional(Scalars),
  /** Sent as JSON, by POST. Without it, the address is asked by GET. */
  body: Type.Optional(JsonObject),
}

export const HttpSearch = closed(Mapping)
export type HttpSearch = Static<typeof HttpSearch>

/**
 * Any search engine or retriever behind an HTTP address. A mapping says where things stand in its requests and answers:
 *
 *     httpSearch({
 *       name: 'wiki',
 *       url: 'http://127.0.0.1:8000/retrieve',
 *       headers: { authorization: 'Bearer {env:WIKI_KEY}' },
 *       body: { query: '{query}', k: '{top}' },
 *       results: 'result.documents',
 *       fields: { id: 'doc_id', title: 'title', snippet: 'contents' },
 *     })
 *
 * `fault` says why an answer in the right form is none. Throws InputError for a mapping that cannot work. Keys are
 * read when it is asked.
 */
export function httpSearch(
  given: HttpSearch,
  fault: (answer: unknown) => ServiceError | undefined = () => undefined,
): TextProvider {
  const mapping = readOptions('httpSearch', HttpSearch, given)
  const { name, subject, limits, usdPerCall, timeoutMs, url, headers, query, body, ...paths } = mapping
  if (!paths.fields.link && !paths.fields.id)
    throw new InputError([`${name}: fields: say where the link or the id of a result stands`])
  const request = { url, ...(headers && { headers }), ...(query && { query }), ...(body && { body }) }
  const { make, ready } = searchRequest(name, request)
  return {
    name,
    options: { ...withoutKeys(request), ...paths },
    ...(subject && { subject }),
    ...(limits && { limits }),
    ...(usdPerCall !== undefined && { usdPerCall }),
    ready,
    async search(words, top, signal) {
      const asked = { service: name, ...make(words, top), signal, ...(timeoutMs && { timeoutMs }) }
      const answer = await getJson(asked)
      const refused = fault(answer)
      if (refused) throw refused
      return hitsIn(name, answer, paths, top)
    },
  }
}

/** An address below another, however that ends. */
export const below = (baseURL: string, path: string): string => `${baseURL.replace(/\/+$/, '')}/${path}`
