import type { Static } from 'typebox'
import { JsonObject } from '../../schemas/json.ts'
import { closed, factory } from '../../schemas/options.ts'
import { TextProvider } from '../text-search.ts'
import { below, engineOptions, httpSearch } from './http-search.ts'

export const SerperOptions = closed(engineOptions(JsonObject))
export type SerperOptions = Static<typeof SerperOptions>

/**
 * Google's web search by Serper (https://serper.dev). The key is SERPER_API_KEY. `params` are Serper's own, such as
 * `{ gl: 'us', hl: 'en' }`.
 */
export const serper = factory(TextProvider, 'serper', SerperOptions, given => {
  const {
    apiKeyEnv = 'SERPER_API_KEY',
    baseURL = 'https://google.serper.dev',
    params = {},
    ...settings
  } = given
  return httpSearch({
    name: 'serper',
    subject: 'the web',
    url: below(baseURL, 'search'),
    headers: { 'x-api-key': `{env:${apiKeyEnv}}` },
    body: { q: '{query}', num: '{top}', ...params },
    results: 'organic',
    fields: { title: 'title', link: 'link', snippet: 'snippet', date: 'date' },
    ...settings,
  })
})
