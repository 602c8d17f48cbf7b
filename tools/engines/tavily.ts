import type { Static } from 'typebox'
import { JsonObject } from '../../schemas/json.ts'
import { closed, factory } from '../../schemas/options.ts'
import { TextProvider } from '../text-search.ts'
import { engineAt, engineOptions, httpSearch } from './http-search.ts'

export const TavilyOptions = closed(engineOptions(JsonObject))
export type TavilyOptions = Static<typeof TavilyOptions>

/**
 * Tavily's web search (https://docs.tavily.com/documentation/api-reference/endpoint/search). The key is TAVILY_API_KEY.
 * `params` are Tavily's own, such as `{ search_depth: 'advanced', topic: 'news' }`. Only news have dates.
 */
export const tavily = factory(TextProvider, 'tavily', TavilyOptions, given => {
  const { key, at, params, settings } = engineAt(given, 'TAVILY_API_KEY', 'https://api.tavily.com')
  return httpSearch({
    name: 'tavily',
    subject: 'the web',
    url: at('search'),
    headers: { authorization: `Bearer ${key}` },
    body: { query: '{query}', max_results: '{top}', ...params },
    results: 'results',
    fields: { title: 'title', link: 'url', snippet: 'content', date: 'published_date', score: 'score' },
    ...settings,
  })
})
