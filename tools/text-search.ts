import Type, { type Static } from 'typebox'
import { closed, count, factory, thing } from '../schemas/options.ts'
import type { Service } from './service.ts'
import { defineTool, Tool, ToolError } from './tool.ts'

/** One passage that was found. `id` is stable within its provider; a higher `score` is better. */
export interface TextHit {
  id: string
  title: string
  snippet: string
  licence: string | null
  /** Whose it is, where that is known beyond the provider. */
  source?: string | null
  /** Where it stands in the web: an http or https address. */
  link?: string | null
  /** When it was published, as the provider says it. */
  date?: string | null
  score: number
}

/** Something that answers text queries: a corpus on this disk, or a search engine. */
export interface TextProvider extends Service {
  /** What is searched, in words for the teacher, such as "the web". A collection of texts by default. */
  subject?: string
  /** At most `top` hits, best first; the same query gives the same hits. It throws only for its own failures. */
  search(query: string, top: number, signal: AbortSignal): Promise<TextHit[]>
}

export const TextProvider = thing<TextProvider>('a text search', 'serper()', {
  name: 'string',
  options: 'object',
  search: 'function',
})

const longestQuery = 1000

const args = Type.Object(
  {
    query: Type.String({
      description: 'What to look for: a few telling words, such as a name and a property.',
    }),
  },
  { additionalProperties: false },
)

export const TextSearchOptions = closed({
  /** Where it looks. */
  corpus: TextProvider,
  /** Results that are shown. */
  top: Type.Optional(count),
})
export type TextSearchOptions = Static<typeof TextSearchOptions>

/**
 * The tool `text_search`, which finds the passages that fit a query best. It gives them as numbered text with their
 * links, or ids where there are none.
 */
export const textSearch = factory(Tool, 'textSearch', TextSearchOptions, ({ corpus, top = 5 }) => {
  return defineTool({
    name: 'text_search',
    description: `Search ${corpus.subject ?? `a collection of texts (${corpus.name})`}. Returns at most ${top} passages: title, link or id, date if known, and the part that fits the query.`,
    args,
    options: { corpus: corpus.name, ...corpus.options, top },
    kind: 'text_search',
    stateful: false,
    services: [corpus],
    async run({ query }, { consult }) {
      const asked = checkedQuery(query)
      const hits = await consult(corpus, { query: asked, top }, signal => corpus.search(asked, top, signal))
      return {
        parts: [{ type: 'text', text: listing(asked, hits) }],
        data: { kind: 'results', provider: corpus.name, query: asked, results: hits.map(found) },
        mistake: null,
      }
    },
  })
})

const found = ({ id, title, snippet, licence, source, link, date, score }: TextHit) => ({
  id,
  title,
  snippet,
  licence,
  source: source ?? null,
  link: link ?? null,
  date: date ?? null,
  image: null,
  score,
})

/** The query on one line. Throws ToolError for one that is empty or far too long. */
export function checkedQuery(query: string): string {
  const asked = oneLine(query)
  if (!/[\p{L}\p{N}]/u.test(asked)) throw new ToolError('The query is empty: give the words to look for.')
  if (asked.length <= longestQuery) return asked
  throw new ToolError(`The query has ${asked.length} characters; at most ${longestQuery} are taken.`)
}

/** What every search shows first: how many results there are. */
export function heading(query: string, count: number): string {
  if (count === 0) return `Found no results for ${query}.`
  return `Found ${count} ${count === 1 ? 'result' : 'results'} for ${query}:`
}

/** Text of others on one line, so that no title or snippet can pass for another result. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim()

const listing = (query: string, hits: TextHit[]): string =>
  [heading(`"${query}"`, hits.length), ...hits.map(listed)].join('\n\n')

function listed({ id, title, snippet, link, date }: TextHit, index: number): string {
  const where = link ? `link: ${oneLine(link)}` : `id: ${oneLine(id)}`
  const published = date ? `, published: ${oneLine(date)}` : ''
  return `${index + 1}. ${oneLine(title)} (${where}${published})\n${oneLine(snippet)}`
}
