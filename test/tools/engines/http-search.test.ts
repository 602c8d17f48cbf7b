import { expect, test } from 'vitest'
import { InputError } from '../../../schemas/input-error.ts'
import { brave } from '../../../tools/engines/brave.ts'
import { type HttpSearch, httpSearch } from '../../../tools/engines/http-search.ts'
import { searxng } from '../../../tools/engines/searxng.ts'
import { serper } from '../../../tools/engines/serper.ts'
import { setVariable } from '../../conformance/text-provider.ts'
import { answeringServer } from '../answering-server.ts'

const signal = new AbortController().signal

const mapping = (changes: Partial<HttpSearch> = {}): HttpSearch => ({
  name: 'finder',
  url: 'http://127.0.0.1/find',
  query: { q: '{query}' },
  results: 'found',
  fields: { title: 'title', id: 'number' },
  ...changes,
})

const faults: [what: string, changes: object, line: RegExp][] = [
  ['an address that is none', { url: 'find' }, /url is no http or https address/],
  ['a file', { url: 'file:///etc/passwd' }, /url is no http or https address/],
  ['a password in it', { url: 'https://me:secret@example.org' }, /url holds a password; .*\{env:NAME\}/],
  ['words that are sent nowhere', { query: { q: 'lake' } }, /says \{query\}/],
  ['an unknown blank', { query: { q: '{query}', n: '{number}' } }, /nothing to put for \{number\}/],
  [
    'a field that does not exist',
    { fields: { titel: 'title' } },
    /`fields.titel` is no option; did you mean `title`/,
  ],
  ['results that could not be told apart', { fields: { title: 'title' } }, /where the link or the id/],
  ['an unknown setting', { top: 3 }, /top/],
]

test.each(faults)('A mapping with %s is refused in one line', (_, changes, line) => {
  const make = () => httpSearch(mapping(changes))
  expect(make).toThrow(InputError)
  expect(make).toThrow(line)
  expect(make).toThrow(/^(?:finder|httpSearch): [^\n]+$/)
  expect(make).not.toThrow(/secret/)
})

test('A key that is not there is missed when it is asked, in one line', async () => {
  const provider = httpSearch(mapping({ headers: { a: 'Bearer {env:NO_SUCH_KEY}' } }))
  const missing = new InputError(['finder: no API key; set NO_SUCH_KEY'])
  expect(provider.ready).toThrow(missing)
  await expect(provider.search('lake', 5, signal)).rejects.toThrow(missing)
})

/** What a mapping says to an answer. */
async function saying(answer: unknown, changes: Partial<HttpSearch> = {}) {
  await using server = await answeringServer(() => ({ body: answer }))
  return await httpSearch(mapping({ url: server.origin, ...changes }))
    .search('lake', 5, signal)
    .catch((error: Error) => error.message)
}

test('A mapping that does not fit the answer is named with what is there', async () => {
  expect(await saying({ hits: [], took: 3 })).toBe(
    'finder: its answer has no list at found; the fields there are hits, took',
  )
  expect(await saying({ found: [{ name: 'Lake', number: 1 }] })).toBe(
    'finder: none of its results has a title at title and an id at number; the fields there are name, number',
  )
  expect(await saying({ found: ['lake'] })).toMatch(/id at number; there is a string$/)
})

test('The answer itself may be the list, and whatever has an id needs no link', async () => {
  const { results: _, ...bare } = mapping()
  await using server = await answeringServer(() => ({
    body: [
      { title: 'Lake', number: 7, text: '', from: { whose: 'CC0-1.0' } },
      { title: '', number: 8 },
    ],
  }))
  const fields = { title: 'title', id: 'number', licence: 'from.whose' }
  const provider = httpSearch({ ...bare, url: server.origin, fields })
  expect(await provider.search('lake', 5, signal)).toEqual([
    {
      id: '7',
      title: 'Lake',
      snippet: '',
      licence: 'CC0-1.0',
      source: null,
      link: null,
      date: null,
      score: 1,
    },
  ])
})

test('Options say all that is asked, but no key and not where it comes from', () => {
  setVariable('MY_KEY', 'sk-very-secret-1234')
  const headers = { authorization: 'Bearer {env:MY_KEY}', 'accept-language': 'en' }
  const provider = httpSearch(
    mapping({
      headers,
      body: { filters: ['{env:MY_KEY}', 'x'] },
      limits: { concurrency: 2 },
      usdPerCall: 0.001,
    }),
  )
  expect(provider.options).toEqual({
    url: 'http://127.0.0.1/find',
    headers: { 'accept-language': 'en' },
    query: { q: '{query}' },
    body: { filters: ['x'] },
    results: 'found',
    fields: { title: 'title', id: 'number' },
  })
  expect(provider).toMatchObject({ limits: { concurrency: 2 }, usdPerCall: 0.001 })
})

test('An engine takes another key and its own parameters', async () => {
  setVariable('MY_KEY', 'sk-very-secret-1234')
  await using server = await answeringServer(() => ({ body: { organic: [] } }))
  const provider = serper({ baseURL: server.origin, apiKeyEnv: 'MY_KEY', params: { gl: 'de', num: 20 } })
  await provider.search('lake', 5, signal)
  const [arrived] = server.arrived
  expect(arrived?.headers['x-api-key']).toBe('sk-very-secret-1234')
  expect(JSON.parse(arrived?.body ?? '')).toEqual({ q: 'lake', num: 20, gl: 'de' })
})

test('Markup and entities of Brave are made plain text, and nothing in it is run', async () => {
  setVariable('BRAVE_API_KEY', 'x')
  const description =
    'A <strong>lake</strong> &amp; a&nbsp;river &#x27;x&#39; 1 &lt; 2 <img src=x onerror=alert(1)>'
  const results = [{ title: '<b>Lake</b> &eacute;', url: 'https://example.org/', description }]
  await using server = await answeringServer(() => ({ body: { web: { results } } }))
  const [hit] = await brave({ baseURL: server.origin }).search('lake', 5, signal)
  expect(hit).toMatchObject({ title: 'Lake é', snippet: "A lake & a river 'x' 1 < 2" })
})

test('A SearXNG none of whose engines answered has failed, and has not found nothing', async () => {
  const failed = [['google', 'CAPTCHA']]
  await using server = await answeringServer(() => ({ body: { results: [], unresponsive_engines: failed } }))
  const asked = searxng({ baseURL: `${server.origin}/` }).search('lake', 5, signal)
  await expect(asked).rejects.toMatchObject({ name: 'ServiceError', transient: true })
  expect(server.arrived[0]?.path).toBe('/search?q=lake&format=json')
})
