import type { Static } from 'typebox'
import { JsonObject } from '../../schemas/json.ts'
import { closed, factory } from '../../schemas/options.ts'
import { ImageProvider } from '../image-search.ts'
import { ServiceError } from '../service.ts'
import { httpImageSearch, Upload } from './http-image-search.ts'
import { engineAt, engineOptions, Scalars } from './http-search.ts'

export const SerpapiLensOptions = closed({ ...engineOptions(Scalars), upload: Upload })
export type SerpapiLensOptions = Static<typeof SerpapiLensOptions>

/**
 * Google Lens by SerpApi, which finds pages with matching pictures (https://serpapi.com/google-lens-api). The key is
 * SERPAPI_API_KEY. `params` are SerpApi's own, such as `{ hl: 'en', country: 'us' }`.
 */
export const serpapiLens = factory(ImageProvider, 'serpapiLens', SerpapiLensOptions, given => {
  const { upload, ...engine } = given
  const { key, at, params, settings } = engineAt(engine, 'SERPAPI_API_KEY', 'https://serpapi.com')
  const name = settings.name ?? 'serpapi'
  return httpImageSearch(
    {
      name,
      subject: 'the web',
      url: at('search.json'),
      query: {
        engine: 'google_lens',
        type: 'visual_matches',
        url: '{link}',
        api_key: key,
        ...params,
      },
      results: 'visual_matches',
      mayLack: true,
      fields: { title: 'title', link: 'link', thumbnail: 'thumbnail' },
      ...settings,
    },
    { upload, fault: answer => failed(answer, name) },
  )
})

/** It says "hasn't returned any results" where it says what failed, too. */
function failed(answer: unknown, name: string): ServiceError | undefined {
  const { error } = (answer ?? {}) as Record<string, unknown>
  if (error === undefined || (typeof error === 'string' && /any results/i.test(error))) return undefined
  return new ServiceError(`${name}: it answered with an error; see the searches of its account`, {
    transient: true,
  })
}

export const SerperLensOptions = closed({ ...engineOptions(JsonObject), upload: Upload })
export type SerperLensOptions = Static<typeof SerperLensOptions>

/**
 * Google Lens by Serper, which finds pages with matching pictures (https://serper.dev). The key is SERPER_API_KEY.
 * `params` are Serper's own, such as `{ gl: 'us', hl: 'en' }`.
 */
export const serperLens = factory(ImageProvider, 'serperLens', SerperLensOptions, given => {
  const { upload, ...engine } = given
  const { key, at, params, settings } = engineAt(engine, 'SERPER_API_KEY', 'https://google.serper.dev')
  return httpImageSearch(
    {
      name: 'serper_lens',
      subject: 'the web',
      url: at('lens'),
      headers: { 'x-api-key': key },
      body: { url: '{link}', ...params },
      results: 'organic',
      mayLack: true,
      fields: { title: 'title', link: 'link', thumbnail: 'thumbnailUrl' },
      ...settings,
    },
    { upload },
  )
})
