import type { TextProvider } from '../text-search.ts'
import { below, type EngineOptions, httpSearch } from './http-search.ts'

/** Google's results by Serper (https://serper.dev). Its key is SERPER_API_KEY; `params` such as `{ gl: 'us', hl: 'en' }`. */
export function serper({
  apiKeyEnv = 'SERPER_API_KEY',
  baseURL = 'https://google.serper.dev',
  params = {},
  ...settings
}: EngineOptions = {}): TextProvider {
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
}
