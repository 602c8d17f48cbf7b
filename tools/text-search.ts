import Type from 'typebox'
import type { Service } from './service.ts'
import { defineTool, type Tool, ToolError } from './tool.ts'

/** One passage that was found. `id` is stable within its provider; a higher `score` is better. */
export interface TextHit {
  id: string
  title: string
  snippet: string
  licence: string | null
  score: number
}

/** Whatever answers a text query: a corpus on this disk, or a search engine. */
export interface TextProvider extends Service {
  /** At most `top` hits, best first; the same query gives the same hits. It throws only for its own failures. */
  search(query: string, top: number, signal: AbortSignal): Promise<TextHit[]>
}

const longestQuery = 1000

const args = Type.Object(
  {
    query: Type.String({
      description: 'What to look for: a few telling words, such as a name and a property.',
    }),
  },
  { additionalProperties: false },
)

/** The tool `text_search`: the passages that fit a query best, with their ids, as numbered text. */
export function textSearch({ corpus, top = 5 }: { corpus: TextProvider; top?: number }): Tool {
  return defineTool({
    name: 'text_search',
    description: `Search a collection of texts (${corpus.name}). Returns at most ${top} passages: title, id and the part that fits the query.`,
    args,
    options: { corpus: corpus.name, ...corpus.options, top },
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
}

const found = ({ id, title, snippet, licence, score }: TextHit) => ({
  id,
  title,
  snippet,
  licence,
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
  [
    heading(`"${query}"`, hits.length),
    ...hits.map(
      ({ id, title, snippet }, index) =>
        `${index + 1}. ${oneLine(title)} (id: ${oneLine(id)})\n${oneLine(snippet)}`,
    ),
  ].join('\n\n')
