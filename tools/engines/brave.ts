import type { TextProvider } from '../text-search.ts'
import { below, type EngineOptions, httpSearch, type Scalars } from './http-search.ts'

/**
 * Brave's web search (https://api-dashboard.search.brave.com/app/documentation). Its key is BRAVE_API_KEY; `params` such as
 * `{ country: 'us', search_lang: 'en' }`.
 */
export function brave({
  apiKeyEnv = 'BRAVE_API_KEY',
  baseURL = 'https://api.search.brave.com',
  params = {},
  ...settings
}: EngineOptions<Scalars> = {}): TextProvider {
  return httpSearch({
    name: 'brave',
    subject: 'the web',
    url: below(baseURL, 'res/v1/web/search'),
    headers: { 'x-subscription-token': `{env:${apiKeyEnv}}` },
    query: { q: '{query}', count: '{top}', ...params },
    results: 'web.results',
    mayLack: true,
    html: true,
    fields: { title: 'title', link: 'url', snippet: 'description', date: 'page_age' },
    ...settings,
  })
}
