import type { Static } from 'typebox'
import { JsonObject } from '../../schemas/json.ts'
import { closed, factory } from '../../schemas/options.ts'
import { TextProvider } from '../text-search.ts'
import { engineAt, engineOptions, httpSearch } from './http-search.ts'

export const SerperOptions = closed(engineOptions(JsonObject))
export type SerperOptions = Static<typeof SerperOptions>

/**
 * Google's web search by Serper (https://serper.dev). The key is SERPER_API_KEY. `params` are Serper's own, such as
 * `{ gl: 'us', hl: 'en' }`.
 */
export const serper = factory(TextProvider, 'serper', SerperOptions, given => {
  const { key, at, params, settings } = engineAt(given, 'SERPER_API_KEY', 'https://google.serper.dev')
  return httpSearch({
    name: 'serper',
    subject: 'the web',
    url: at('search'),
    headers: { 'x-api-key': key },
    body: { q: '{query}', num: '{top}', ...params },
    results: 'organic',
    fields: { title: 'title', link: 'link', snippet: 'snippet', date: 'date' },
    ...settings,
  })
})
