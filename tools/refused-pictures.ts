import { sha256 } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import { imagesIn, type Part } from '../schemas/task.ts'

/** Why pictures of a call are not shown, and how many for each reason. */
export type Refused = ReadonlyMap<string, number>

const line = String.raw`\d+ images? not shown: .*`
const note = new RegExp(String.raw`(?:\n\n)?^${line}(?:\n${line})*$(?![\s\S])`, 'm')
const overBudget = /^\d+ images? not shown: (?:one call|this conversation) /m

/** What a call showed, and which of its pictures it could not: a teacher who is told can do it otherwise. */
export function withNote(parts: readonly Part[], refused: Refused): Part[] {
  if (refused.size === 0) return [...parts]
  const lines = [...refused].map(([why, n]) => `${n} ${n === 1 ? 'image' : 'images'} not shown: ${why}.`)
  const [first, ...rest] = parts
  return first?.type === 'text'
    ? [{ type: 'text', text: `${first.text}\n\n${lines.join('\n')}` }, ...rest]
    : [{ type: 'text', text: lines.join('\n') }, ...parts]
}

/** The same parts without that: an older kindling did not say it. */
export const withoutNote = (parts: readonly Part[]): Part[] =>
  parts
    .map(part => (part.type === 'text' ? { ...part, text: part.text.replace(note, '') } : part))
    .filter(part => part.type === 'image' || part.text !== '')

/**
 * How many pictures a call that was made before may show when it is made again: as many as then, where that was all
 * that there was room for. Any number otherwise: there was room, or nobody asked.
 */
export const roomBefore = (parts: readonly Part[]): number =>
  parts.some(part => part.type === 'text' && overBudget.test(part.text)) ? imagesIn(parts).length : Infinity

type Keep = (bytes: Uint8Array) => Promise<Image | null>

/** The picture that a call showed before with exactly these bytes: an older kindling left more of them as they were. */
export function shownAsItWas(parts: readonly Part[]): (bytes: Uint8Array) => Image | undefined {
  const shown = new Map(imagesIn(parts).map(image => [image.sha256, image]))
  return bytes => (shown.size > 0 ? shown.get(sha256(bytes)) : undefined)
}

/** Keeps as many pictures as a call showed before, and those that are the same as they were. */
export function keepAsBefore(keep: Keep, parts: readonly Part[]): Keep {
  let room = roomBefore(parts)
  const asItWas = shownAsItWas(parts)
  return async bytes => {
    const image = room > 0 ? (asItWas(bytes) ?? (await keep(bytes))) : null
    if (image) room -= 1
    return image
  }
}
