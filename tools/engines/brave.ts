import type { Static } from 'typebox'
import { closed, factory } from '../../schemas/options.ts'
import { TextProvider } from '../text-search.ts'
import { engineAt, engineOptions, httpSearch, Scalars } from './http-search.ts'

export const BraveOptions = closed(engineOptions(Scalars))
export type BraveOptions = Static<typeof BraveOptions>

/**
 * Brave's web search (https://api-dashboard.search.brave.com/app/documentation). The key is BRAVE_API_KEY. `params` are
 * Brave's own, such as `{ country: 'us', search_lang: 'en' }`.
 */
export const brave = factory(TextProvider, 'brave', BraveOptions, given => {
  const { key, at, params, settings } = engineAt(given, 'BRAVE_API_KEY', 'https://api.search.brave.com')
  return httpSearch({
    name: 'brave',
    subject: 'the web',
    url: at('res/v1/web/search'),
    headers: { 'x-subscription-token': key },
    query: { q: '{query}', count: '{top}', ...params },
    results: 'web.results',
    mayLack: true,
    html: true,
    fields: { title: 'title', link: 'url', snippet: 'description', date: 'page_age' },
    ...settings,
  })
})
