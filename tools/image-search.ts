import Type from 'typebox'
import type { Image } from '../schemas/image.ts'
import type { JsonObject } from '../schemas/json.ts'
import { shownImage, shownParts } from './shown.ts'
import { checkedQuery, heading, oneLine } from './text-search.ts'
import { defineTool, type Tool, type ToolContext, ToolError, type ToolResult } from './tool.ts'

/** One picture that was found. `id` is stable within its provider; a higher `score` is better. */
export interface ImageHit {
  id: string
  title: string
  licence: string | null
  score: number
  /** A small PNG or JPEG, if there is one to show. */
  thumbnail: Uint8Array | null
}

/** Whatever finds pictures: a corpus on this disk, or a service. */
export interface ImageProvider {
  name: string
  /** Plain data that says exactly what is searched. */
  options: JsonObject
  /** At most `top` pictures that look like this one, best first; the same bytes give the same hits. */
  byImage(bytes: Uint8Array, top: number, signal: AbortSignal): Promise<ImageHit[]>
  /** The same for words, if it can. */
  byText?(query: string, top: number, signal: AbortSignal): Promise<ImageHit[]>
}

const image = Type.Optional(
  Type.String({
    description: 'Name of the image to look up, such as image_1 (the default) or a crop you showed.',
  }),
)
const query = Type.Optional(
  Type.String({ description: 'Words to look for in titles of pictures, in place of an image.' }),
)

/** The tool `image_search`: pictures that look like one that was shown, with titles, ids and thumbnails. */
export function imageSearch({ corpus, top = 5 }: { corpus: ImageProvider; top?: number }): Tool {
  const byWords = corpus.byText?.bind(corpus)
  return defineTool({
    name: 'image_search',
    description: `Find pictures that look like an image you were shown, in a collection (${corpus.name}). Returns at most ${top}, each with title, id and thumbnail.`,
    args: Type.Unsafe<{ image?: string; query?: string }>(
      Type.Object({ image, ...(byWords && { query }) }, { additionalProperties: false }),
    ),
    options: { corpus: corpus.name, ...corpus.options, top },
    stateful: false,
    async run(asked, context) {
      if (asked.query === undefined || !byWords) {
        const name = asked.image ?? 'image_1'
        const bytes = await context.bytes(shownImage(name, context.images))
        return answer(corpus.name, name, name, await corpus.byImage(bytes, top, context.signal), context)
      }
      if (asked.image !== undefined) throw new ToolError('Give either an image or a query, not both.')
      const words = checkedQuery(asked.query)
      return answer(corpus.name, words, `"${words}"`, await byWords(words, top, context.signal), context)
    },
  })
}

async function answer(
  provider: string,
  query: string,
  shownQuery: string,
  hits: ImageHit[],
  context: ToolContext,
): Promise<ToolResult> {
  const results = []
  for (const { id, title, licence, score, thumbnail } of hits) {
    const image = thumbnail && (await context.keep(thumbnail))
    results.push({ id, title, snippet: '', licence, image, score })
  }
  const images = results.flatMap(({ image }) => image ?? [])
  const text = [heading(shownQuery, hits.length), listing(results, context.images.length)].join('\n\n').trim()
  return {
    parts: shownParts(text, images),
    data: { kind: 'results', provider, query, results },
    mistake: null,
  }
}

/** Thumbnails are named in the order in which they are shown, after all that were shown before. */
function listing(results: { id: string; title: string; image: Image | null }[], before: number): string {
  let number = before
  return results
    .map(({ id, title, image }, index) => {
      const name = image ? `image_${++number}: ` : ''
      return `${index + 1}. ${name}${oneLine(title)} (id: ${oneLine(id)})`
    })
    .join('\n')
}
