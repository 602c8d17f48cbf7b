import type { ImageProvider } from '../image-search.ts'
import { ServiceError } from '../service.ts'
import { httpImageSearch, type ImageHooks } from './http-image-search.ts'
import { below, type EngineOptions, type Scalars } from './http-search.ts'

/** SerpApi and Serper fetch the image they look for themselves, so it must be put into the web first. */
export type Uploading = Required<Pick<ImageHooks, 'upload'>>

/**
 * Google Lens by SerpApi (https://serpapi.com/google-lens-api): the pages whose pictures match. Its key is SERPAPI_API_KEY;
 * `params` such as `{ hl: 'en', country: 'us' }`.
 */
export function serpapiLens({
  apiKeyEnv = 'SERPAPI_API_KEY',
  baseURL = 'https://serpapi.com',
  params = {},
  upload,
  ...settings
}: EngineOptions<Scalars> & Uploading): ImageProvider {
  const name = settings.name ?? 'serpapi'
  return httpImageSearch(
    {
      name,
      subject: 'the web',
      url: below(baseURL, 'search.json'),
      query: {
        engine: 'google_lens',
        type: 'visual_matches',
        url: '{link}',
        api_key: `{env:${apiKeyEnv}}`,
        ...params,
      },
      results: 'visual_matches',
      mayLack: true,
      fields: { title: 'title', link: 'link', thumbnail: 'thumbnail' },
      ...settings,
    },
    { upload, fault: answer => failed(answer, name) },
  )
}

/** It says "hasn't returned any results" where it says what failed, too. */
function failed(answer: unknown, name: string): ServiceError | undefined {
  const { error } = (answer ?? {}) as Record<string, unknown>
  if (error === undefined || (typeof error === 'string' && /any results/i.test(error))) return undefined
  return new ServiceError(`${name}: it answered with an error; see the searches of its account`, {
    transient: true,
  })
}

/** Google Lens by Serper (https://serper.dev). Its key is SERPER_API_KEY; `params` such as `{ gl: 'us', hl: 'en' }`. */
export function serperLens({
  apiKeyEnv = 'SERPER_API_KEY',
  baseURL = 'https://google.serper.dev',
  params = {},
  upload,
  ...settings
}: EngineOptions & Uploading): ImageProvider {
  return httpImageSearch(
    {
      name: 'serper_lens',
      subject: 'the web',
      url: below(baseURL, 'lens'),
      headers: { 'x-api-key': `{env:${apiKeyEnv}}` },
      body: { url: '{link}', ...params },
      results: 'organic',
      mayLack: true,
      fields: { title: 'title', link: 'link', thumbnail: 'thumbnailUrl' },
      ...settings,
    },
    { upload },
  )
}
