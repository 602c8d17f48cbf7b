import Type, { type Static } from 'typebox'
import { closed, count, factory, thing } from '../schemas/options.ts'
import type { Results } from '../schemas/trajectory.ts'
import type { Service } from './service.ts'
import { shownImage, shownParts } from './shown-image.ts'
import { checkedQuery, heading, oneLine } from './text-search.ts'
import { defineTool, Tool, type ToolContext, ToolError, type ToolResult } from './tool.ts'

/** One picture that was found. `id` is stable within its provider; a higher `score` is better. */
export interface ImageHit {
  id: string
  title: string
  licence: string | null
  /** Where it stands in the web: an http or https address. */
  link?: string | null
  score: number
  /** A small PNG or JPEG, if there is one to show. */
  thumbnail: Uint8Array | null
}

/** Something that finds pictures: a corpus on this disk, or a search engine. */
export interface ImageProvider extends Service {
  /** What is searched, in words for the teacher, such as "the web". A collection by default. */
  subject?: string
  /** At most `top` pictures that look like this one, best first; the same bytes give the same hits. */
  byImage(bytes: Uint8Array, top: number, signal: AbortSignal): Promise<ImageHit[]>
  /** The same for words, if it can. */
  byText?(query: string, top: number, signal: AbortSignal): Promise<ImageHit[]>
}

export const ImageProvider = thing<ImageProvider>('an image search', 'await imageCorpus({…})', {
  name: 'string',
  options: 'object',
  byImage: 'function',
})

const image = Type.Optional(
  Type.String({
    description: 'Name of the image to look up, such as image_1 (the default) or a crop you showed.',
  }),
)
const query = Type.Optional(
  Type.String({ description: 'Words to look for in titles of pictures, in place of an image.' }),
)

export const ImageSearchOptions = closed({
  /** Where it looks. */
  corpus: ImageProvider,
  /** Results that are shown. */
  top: Type.Optional(count),
})
export type ImageSearchOptions = Static<typeof ImageSearchOptions>

/**
 * The tool `image_search`, which finds pictures that look like one that was shown. It gives titles, links (ids where
 * there are none) and thumbnails.
 */
export const imageSearch = factory(Tool, 'imageSearch', ImageSearchOptions, ({ corpus, top = 5 }) => {
  const byWords = corpus.byText?.bind(corpus)
  const where = corpus.subject ?? `a collection (${corpus.name})`
  return defineTool({
    name: 'image_search',
    description: `Find pictures that look like an image you were shown, in ${where}. Returns at most ${top}, each with title, link or id, and thumbnail.`,
    withoutImages: byWords
      ? `Find pictures by words in their titles, in ${where}. Returns at most ${top}, each with title, link or id, and thumbnail.`
      : null,
    args: Type.Unsafe<{ image?: string; query?: string }>(
      Type.Object({ image, ...(byWords && { query }) }, { additionalProperties: false }),
    ),
    options: { corpus: corpus.name, ...corpus.options, top },
    kind: 'image_search',
    stateful: false,
    services: [corpus],
    async run(asked, context) {
      if (asked.query === undefined || !byWords) {
        const name = asked.image ?? 'image_1'
        const shown = shownImage(name, context.images)
        const results = await context.consult(corpus, { image: shown.sha256, top }, async signal =>
          kept(await corpus.byImage(await context.bytes(shown), top, signal), context),
        )
        return answer({ provider: corpus.name, query: name, results }, name, context)
      }
      if (asked.image !== undefined) throw new ToolError('Give either an image or a query, not both.')
      const words = checkedQuery(asked.query)
      const results = await context.consult(corpus, { query: words, top }, async signal =>
        kept(await byWords(words, top, signal), context),
      )
      return answer({ provider: corpus.name, query: words, results }, `"${words}"`, context)
    },
  })
})

/** Hits with their thumbnails kept, which makes them plain data. */
async function kept(hits: ImageHit[], context: ToolContext): Promise<Results['results']> {
  const results = []
  for (const { id, title, licence, link = null, score, thumbnail } of hits) {
    const image = thumbnail && (await context.keep(thumbnail, 'service'))
    results.push({ id, title, snippet: '', licence, link, image, score })
  }
  return results
}

function answer(found: Omit<Results, 'kind'>, shownQuery: string, context: ToolContext): ToolResult {
  const { results } = found
  const images = results.flatMap(({ image }) => image ?? [])
  const text = [heading(shownQuery, results.length), listing(results, context.images.length)]
    .join('\n\n')
    .trim()
  return {
    parts: shownParts(text, images),
    data: { kind: 'results', ...found },
    mistake: null,
  }
}

/** Thumbnails are named in the order in which they are shown, after all that were shown before. */
function listing(results: Results['results'], before: number): string {
  let number = before
  return results
    .map(({ id, title, link, image }, index) => {
      const name = image ? `image_${++number}: ` : ''
      const where = link ? `link: ${oneLine(link)}` : `id: ${oneLine(id)}`
      return `${index + 1}. ${name}${oneLine(title)} (${where}${image ? '' : ', no thumbnail'})`
    })
    .join('\n')
}
