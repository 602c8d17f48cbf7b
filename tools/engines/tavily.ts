import type { TextProvider } from '../text-search.ts'
import { below, type EngineOptions, httpSearch } from './http-search.ts'

/**
 * Tavily's search (https://docs.tavily.com/documentation/api-reference/endpoint/search). Its key is TAVILY_API_KEY; `params`
 * such as `{ search_depth: 'advanced', topic: 'news' }`. Only news have dates.
 */
export function tavily({
  apiKeyEnv = 'TAVILY_API_KEY',
  baseURL = 'https://api.tavily.com',
  params = {},
  ...settings
}: EngineOptions = {}): TextProvider {
  return httpSearch({
    name: 'tavily',
    subject: 'the web',
    url: below(baseURL, 'search'),
    headers: { authorization: `Bearer {env:${apiKeyEnv}}` },
    body: { query: '{query}', max_results: '{top}', ...params },
    results: 'results',
    fields: { title: 'title', link: 'url', snippet: 'content', date: 'published_date', score: 'score' },
    ...settings,
  })
}
