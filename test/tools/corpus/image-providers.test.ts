import { join } from 'node:path'
import { expect, test } from 'vitest'
import { InputError } from '../../../schemas/input-error.ts'
import { imageCorpus } from '../../../tools/corpus/image-corpus.ts'
import { type HttpImageSearch, httpImageSearch } from '../../../tools/engines/http-image-search.ts'
import { serpapiLens, serperLens } from '../../../tools/engines/serpapi.ts'
import { ServiceError } from '../../../tools/service.ts'
import { imageProviderConformance, imageWireConformance } from '../../conformance/image-provider.ts'
import { setVariable } from '../../conformance/text-provider.ts'
import { png, temporaryFolder } from '../../fixtures.ts'
import { answeringServer } from '../answering-server.ts'

const signal = new AbortController().signal

imageProviderConformance('imageCorpus', async () => {
  const folder = await temporaryFolder()
  const colours = ['#cc3333', '#33cc33', '#3333cc']
  const images = {
    async *[Symbol.asyncIterator]() {
      for (const colour of colours) yield { id: colour, title: colour, bytes: await png(40, 30, colour) }
    },
  }
  const corpus = await imageCorpus({
    path: join(folder.path, 'c.sqlite'),
    name: 'colours',
    licence: 'MIT',
    images,
  })
  const close = async () => {
    corpus.close()
    await folder[Symbol.asyncDispose]()
  }
  return { provider: corpus, finds: await png(40, 30, '#cc3333'), [Symbol.asyncDispose]: close }
})

/** As https://serpapi.com/google-lens-api documents it; where nothing matches, it says so in `error`. */
imageWireConformance('serpapi', {
  make: (baseURL, upload, settings) => serpapiLens({ baseURL, upload, ...settings }),
  answer: matches =>
    matches.length === 0
      ? {
          search_metadata: { status: 'Success' },
          error: "Google Lens hasn't returned any results for this query.",
        }
      : {
          search_metadata: { status: 'Success' },
          search_parameters: { engine: 'google_lens' },
          visual_matches: matches.map((match, index) => ({
            position: index + 1,
            ...match,
            source: 'Example',
          })),
        },
  asked: ({ path }) => {
    const { searchParams } = new URL(path, 'http://localhost')
    expect(searchParams.get('engine')).toBe('google_lens')
    return searchParams.get('url') ?? ''
  },
  key: {
    variable: 'SERPAPI_API_KEY',
    arrives: ({ path }) => new URL(path, 'http://localhost').searchParams.get('api_key'),
  },
})

imageWireConformance('serper_lens', {
  make: (baseURL, upload, settings) => serperLens({ baseURL, upload, ...settings }),
  answer: matches => ({
    searchParameters: { type: 'lens', engine: 'google' },
    organic: matches.map(({ thumbnail, ...match }) => ({
      ...match,
      source: 'Example',
      thumbnailUrl: thumbnail,
    })),
  }),
  asked: ({ body }) => JSON.parse(body).url,
  key: { variable: 'SERPER_API_KEY', arrives: ({ headers }) => headers['x-api-key'] },
})

const mapping = (origin: string): HttpImageSearch => ({
  name: 'birds',
  url: `${origin}/similar`,
  headers: { authorization: '{env:BIRDS_KEY}' },
  results: 'found.list',
  fields: { title: 'caption', link: 'page.href', thumbnail: 'page.preview' },
})

imageWireConformance('birds', {
  make: (origin, _, settings) =>
    httpImageSearch({
      ...mapping(origin),
      body: { picture: 'data:image/jpeg;base64,{image}', k: '{top}' },
      ...settings,
    }),
  answer: matches => ({
    found: {
      list: matches.map(({ title, link, thumbnail }) => ({
        caption: title,
        page: { href: link, preview: thumbnail },
      })),
    },
  }),
  asked: ({ body }) => Buffer.from(JSON.parse(body).picture.split('base64,')[1], 'base64'),
  key: { variable: 'BIRDS_KEY', arrives: ({ headers }) => headers.authorization },
})

const open = { ...mapping('http://127.0.0.1'), headers: {} }

test('An image is sent as the body itself, or as a field of a form', async () => {
  await using server = await answeringServer(() => ({ body: { found: { list: [] } } }))
  const to = { ...open, url: `${server.origin}/similar`, query: { k: '{top}' } }
  await httpImageSearch({ ...to, send: 'bytes' }).byImage(await png(), 3, signal)
  await httpImageSearch({ ...to, send: { form: 'photo' } }).byImage(await png(), 3, signal)
  const [bytes, form] = server.arrived
  expect(bytes).toMatchObject({
    method: 'POST',
    path: '/similar?k=3',
    headers: { 'content-type': 'image/jpeg' },
  })
  expect(form?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  expect(form?.body).toMatch(/name="photo"; filename="image.jpg"\r\nContent-Type: image\/jpeg/i)
})

test('A thumbnail may be in the answer itself', async () => {
  const preview = `data:image/png;base64,${(await png()).toString('base64')}`
  const list = [{ caption: 'A', page: { href: 'https://example.org/', preview } }]
  await using server = await answeringServer(() => ({ body: { found: { list } } }))
  const provider = httpImageSearch({ ...open, url: server.origin, body: { picture: '{image}' } })
  const [hit] = await provider.byImage(await png(), 3, signal)
  expect(
    Buffer.from(hit?.thumbnail ?? [])
      .subarray(0, 3)
      .toString('hex'),
  ).toBe('ffd8ff')
})

test.each<[string, Partial<HttpImageSearch>]>([
  ['upload', { body: { url: '{link}' } }],
  ['neither its query nor its body says {image}', {}],
  ['neither its query nor its body says {image}', { body: { url: 'x' } }],
  ['there is nothing to put for {query}', { body: { q: '{query}', picture: '{image}' } }],
  ['the image is the body', { send: 'bytes', body: { k: 1 } }],
  ['where the link or the id', { body: { picture: '{image}' }, fields: { title: 'caption' } }],
])('A mapping that cannot work is refused: %s', (problem, changes) => {
  const make = () => httpImageSearch({ ...open, ...changes })
  expect(make).toThrow(InputError)
  expect(make).toThrow(problem)
})

test('An upload that fails is the service’s failure', async () => {
  const upload = () => Promise.reject(new Error('bucket full, key sk-123'))
  const provider = httpImageSearch({ ...open, body: { url: '{link}' } }, { upload })
  const failed = provider.byImage(await png(), 3, signal)
  await expect(failed).rejects.toThrow(ServiceError)
  await expect(failed).rejects.toThrow('birds: the image could not be uploaded')
})

test('What SerpApi says went wrong is no empty result', async () => {
  setVariable('SERPAPI_API_KEY', 'sk-1234567890')
  await using server = await answeringServer(() => ({
    body: { error: 'Your account has run out of searches.' },
  }))
  const provider = serpapiLens({ baseURL: server.origin, upload: async () => 'https://example.org/a.jpg' })
  await expect(provider.byImage(await png(), 3, signal)).rejects.toThrow(ServiceError)
})
