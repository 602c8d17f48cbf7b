import { join } from 'node:path'
import { textCorpus } from '../../../tools/corpus/text-corpus.ts'
import { brave } from '../../../tools/engines/brave.ts'
import { httpSearch } from '../../../tools/engines/http-search.ts'
import { searxng } from '../../../tools/engines/searxng.ts'
import { serper } from '../../../tools/engines/serper.ts'
import { tavily } from '../../../tools/engines/tavily.ts'
import { textProviderConformance, wireConformance } from '../../conformance/text-provider.ts'
import { temporaryFolder } from '../../fixtures.ts'
import type { Arrived } from '../answering-server.ts'

const parameter = ({ path }: Arrived, name: string) => new URL(path, 'http://x').searchParams.get(name)
const numbered = (text: string | null) => text && Number(text)
const body = (arrived: Arrived) => JSON.parse(arrived.body)

// Answers as https://serper.dev documents them.
wireConformance('serper', {
  make: (baseURL, settings) => serper({ baseURL, ...settings }),
  answer: pages => ({
    searchParameters: { q: 'lake', type: 'search', engine: 'google' },
    knowledgeGraph: { title: 'Lake', type: 'Body of water' },
    organic: pages.map(
      (page, index) => page && { ...page, date: page.date ?? undefined, position: index + 1 },
    ),
    peopleAlsoAsk: [
      { question: 'What is a lake?', snippet: 'Water.', title: 'Q', link: 'https://example.org/q' },
    ],
    credits: 1,
  }),
  asked: arrived => ({ query: body(arrived).q, top: body(arrived).num }),
  key: { variable: 'SERPER_API_KEY', arrives: ({ headers }) => headers['x-api-key'] },
})

const escaped = (text: unknown) =>
  typeof text === 'string' ? text.replaceAll('&', '&amp;').replaceAll('lake', '<strong>lake</strong>') : text

// https://api-dashboard.search.brave.com/app/documentation/web-search/responses: `web` is left out where nothing was found.
wireConformance('brave', {
  make: (baseURL, settings) => brave({ baseURL: `${baseURL}/`, ...settings }),
  answer: pages => ({
    type: 'search',
    query: { original: 'lake', more_results_available: false },
    mixed: { type: 'mixed', main: [] },
    ...(pages.length > 0 && {
      web: {
        type: 'search',
        results: pages.map(
          page =>
            page && {
              type: 'search_result',
              title: escaped(page.title),
              url: page.link,
              description: escaped(page.snippet),
              ...(page.date && { page_age: page.date, age: 'January 5, 2024' }),
              meta_url: { hostname: 'example.org' },
            },
        ),
      },
    }),
  }),
  asked: arrived => ({ query: parameter(arrived, 'q'), top: numbered(parameter(arrived, 'count')) }),
  key: { variable: 'BRAVE_API_KEY', arrives: ({ headers }) => headers['x-subscription-token'] },
})

// https://docs.tavily.com/documentation/api-reference/endpoint/search
wireConformance('tavily', {
  make: (baseURL, settings) => tavily({ baseURL, ...settings }),
  answer: pages => ({
    query: 'lake',
    answer: null,
    images: [],
    results: pages.map(
      (page, index) =>
        page && {
          title: page.title,
          url: page.link,
          content: page.snippet,
          score: 0.9 - index / 100,
          raw_content: null,
          ...(page.date && { published_date: page.date }),
        },
    ),
    response_time: 1.2,
  }),
  asked: arrived => ({ query: body(arrived).query, top: body(arrived).max_results }),
  key: {
    variable: 'TAVILY_API_KEY',
    arrives: ({ headers }) => headers.authorization?.replace(/^Bearer /, ''),
  },
})

// https://docs.searxng.org/dev/search_api.html
wireConformance('searxng', {
  make: (baseURL, settings) => searxng({ baseURL, ...settings }),
  answer: pages => ({
    query: 'lake',
    number_of_results: 0,
    results: pages.map(
      (page, index) =>
        page && {
          url: page.link,
          title: page.title,
          content: page.snippet,
          publishedDate: page.date,
          engine: 'duckduckgo',
          engines: ['duckduckgo'],
          score: 4 - index,
          category: 'general',
        },
    ),
    answers: [],
    infoboxes: [],
    suggestions: [],
    unresponsive_engines: [],
  }),
  asked: arrived => ({ query: parameter(arrived, 'q'), top: null }),
  key: null,
})

wireConformance('finder', {
  make: (origin, settings) =>
    httpSearch({
      name: 'finder',
      url: `${origin}/find?format=full`,
      query: { key: '{env:FINDER_KEY}' },
      body: { ask: { words: '{query}', most: '{top}' } },
      results: 'found.documents',
      fields: { title: 'about.title', link: 'at', snippet: 'about.text', date: 'when' },
      ...settings,
    }),
  answer: pages => ({
    found: {
      documents: pages.map(
        page => page && { at: page.link, when: page.date, about: { title: page.title, text: page.snippet } },
      ),
    },
  }),
  asked: arrived => ({ query: body(arrived).ask.words, top: body(arrived).ask.most }),
  key: { variable: 'FINDER_KEY', arrives: arrived => parameter(arrived, 'key') },
})

textProviderConformance('a corpus', async () => {
  const folder = await temporaryFolder()
  const texts = ['a salt lake', 'a lake', 'a river', 'a desert', 'a caravan', 'a lake of salt in a desert']
  const corpus = await textCorpus({
    path: join(folder.path, 'a.sqlite'),
    name: 'almanac',
    licence: 'MIT',
    passages: {
      async *[Symbol.asyncIterator]() {
        for (const text of texts) yield { id: text, title: text, text }
      },
    },
  })
  const close = async () => {
    corpus.close()
    await folder[Symbol.asyncDispose]()
  }
  return { provider: corpus, finds: 'salt lake', lacks: 'zeppelin', [Symbol.asyncDispose]: close }
})
