import type { CallToolResult } from '@modelcontextprotocol/client'
import type { Static } from 'typebox'
import { closed, count } from '../../schemas/options.ts'
import { cut, imageNames, shownParts } from '../shown-image.ts'
import { oneLine } from '../text-search.ts'
import { type ToolContext, ToolError, type ToolResult } from '../tool.ts'

export const ShownLimits = closed({
  /** Characters of text. */
  maxChars: count,
  maxImages: count,
})
export type ShownLimits = Static<typeof ShownLimits>

type Content = CallToolResult['content'][number]

/**
 * A server's result, for a teacher: its texts, cut if they are too long, then its images. The text says what cannot be
 * shown. Throws ToolError if the server says that the call failed.
 */
export async function shownResult(
  { content, structuredContent, isError }: CallToolResult,
  context: ToolContext,
  { maxChars, maxImages }: ShownLimits,
  discreet: (text: string) => string,
): Promise<ToolResult> {
  const said = content.flatMap(item => textOf(item) ?? [])
  if (said.length === 0 && structuredContent !== undefined) said.push(JSON.stringify(structuredContent))
  const text = cut(discreet(said.join('\n\n')).trim(), maxChars)
  if (isError) throw new ToolError(text || 'The tool failed and did not say why.')
  const pictures = content.flatMap(item => pictureOf(item) ?? [])
  const kept = await Promise.all(pictures.slice(0, maxImages).map(bytes => context.keep(bytes)))
  const images = kept.filter(image => image !== null)
  const words = [
    text,
    imageNames(images, context.images.length),
    leftOut(kept.length - images.length, 'could not be read'),
    leftOut(pictures.length - kept.length, 'over the limit'),
  ].filter(Boolean)
  return {
    parts: shownParts(words.join('\n\n') || 'The tool gave nothing.', images),
    data: null,
    mistake: null,
  }
}

const leftOut = (count: number, why: string): string =>
  count > 0 ? `${count} ${count === 1 ? 'image' : 'images'} ${why}: left out.` : ''

function textOf(item: Content): string | undefined {
  switch (item.type) {
    case 'text':
      return item.text
    case 'audio':
      return `A sound (${oneLine(item.mimeType)}) is left out.`
    case 'resource_link':
      return `Link: ${oneLine(item.title ?? item.name)} (${oneLine(item.uri)})`
    case 'resource':
      if ('text' in item.resource) return `${oneLine(item.resource.uri)}:\n${item.resource.text}`
      if (pictureOf(item)) return undefined
      return `A file is left out: ${oneLine(`${item.resource.uri} (${item.resource.mimeType ?? 'of unknown type'})`)}.`
    default:
      return undefined
  }
}

function pictureOf(item: Content): Uint8Array | undefined {
  if (item.type === 'image') return Buffer.from(item.data, 'base64')
  if (item.type !== 'resource' || !('blob' in item.resource)) return undefined
  return item.resource.mimeType?.startsWith('image/') ? Buffer.from(item.resource.blob, 'base64') : undefined
}
