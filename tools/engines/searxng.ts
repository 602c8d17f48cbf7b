import type { Static } from 'typebox'
import { closed, factory, httpAddress } from '../../schemas/options.ts'
import { ServiceError } from '../service.ts'
import { TextProvider } from '../text-search.ts'
import { below, engineOptions, httpSearch, Scalars } from './http-search.ts'

const { apiKeyEnv: _, ...keyless } = engineOptions(Scalars)

export const SearxngOptions = closed({ ...keyless, baseURL: httpAddress })
export type SearxngOptions = Static<typeof SearxngOptions>

/**
 * A web search by a SearXNG instance (https://docs.searxng.org/dev/search_api.html). The instance's settings must name
 * `json` under `search.formats`, or it answers 403. It takes no key and gives as many results as it likes. `params` are
 * SearXNG's own, such as `{ engines: 'wikipedia', language: 'en' }`.
 */
export const searxng = factory(TextProvider, 'searxng', SearxngOptions, given => {
  const { baseURL, params = {}, ...settings } = given
  return httpSearch(
    {
      name: 'searxng',
      subject: 'the web',
      url: below(baseURL, 'search'),
      query: { q: '{query}', format: 'json', ...params },
      results: 'results',
      fields: { title: 'title', link: 'url', snippet: 'content', date: 'publishedDate', score: 'score' },
      ...settings,
    },
    answer => allFailed(answer, settings.name ?? 'searxng'),
  )
})

/**
 * Where every engine behind it failed, it answers with an empty list; taken for "nothing found", that would be kept.
 */
function allFailed(answer: unknown, name: string): ServiceError | undefined {
  const { results, unresponsive_engines: failed } = (answer ?? {}) as Record<string, unknown>
  const empty = Array.isArray(results) && results.length === 0 && Array.isArray(failed) && failed.length > 0
  if (!empty) return undefined
  return new ServiceError(`${name}: none of its engines answered; see its log`, { transient: true })
}
