import { LineError, maxLineBytes } from '../schemas/lines.ts'

const [quote, backslash, comma] = Buffer.from('"\\,')
const opens = new Set(Buffer.from('[{'))
const closes = new Set(Buffer.from(']}'))

/**
 * The items of a JSON list as they are written, one in memory; of several values one after the other, each of them.
 * Throws LineError where the list does not end, goes on after its end, or has an item that is too long.
 */
export async function* jsonItems(bytes: AsyncIterable<Uint8Array>, isList: boolean): AsyncIterable<Buffer> {
  const place = placeInJson()
  let parts: Uint8Array[] = []
  let length = 0
  let count = 0
  let isOver = false
  for await (const chunk of bytes) {
    let start = 0
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0
      if (isOver && byte > 32)
        throw new LineError('goes on after its list; write one list, or one object on each line')
      const step = place.after(byte)
      if (step === 'into' && place.depth() === 1 && isList) start = index + 1
      if (!endsItem(step, place.depth(), isList)) continue
      const item = Buffer.concat([...parts, chunk.subarray(start, isList ? index : index + 1)])
      isOver = isList && step === 'out'
      // Nothing between the brackets of a list is no item.
      if (count > 0 || !isOver || !isBlank(item)) yield item
      count += 1
      parts = []
      length = 0
      start = index + 1
    }
    parts.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > maxLineBytes) throw new LineError(`the next item is longer than ${maxLineBytes / 1e6} MB`)
  }
  if (place.depth() > 0 || !isBlank(Buffer.concat(parts)))
    throw new LineError('ends within a list or an object; fetch the file again')
}

const isBlank = (bytes: Buffer): boolean => bytes.toString('latin1').replace('\xef\xbb\xbf', '').trim() === ''

/** What a byte does: it goes into a list or an object, comes out of one, or parts two items. */
type Step = 'into' | 'out' | 'comma' | null

/** A list's item ends at a comma between items or at the list's end, a value by itself at its own. */
const endsItem = (change: Step, depth: number, isList: boolean): boolean =>
  (change === 'out' && depth === 0) || (isList && change === 'comma' && depth === 1)

function placeInJson() {
  let depth = 0
  let isText = false
  let isEscaped = false

  function inText(byte: number) {
    if (isEscaped) isEscaped = false
    else if (byte === backslash) isEscaped = true
    else if (byte === quote) isText = false
    return null
  }

  function outside(byte: number): Step {
    if (byte === quote) isText = true
    else if (byte === comma) return 'comma'
    else if (opens.has(byte)) {
      depth += 1
      return 'into'
    } else if (closes.has(byte)) {
      depth -= 1
      return 'out'
    }
    return null
  }

  return { depth: () => depth, after: (byte: number): Step => (isText ? inText(byte) : outside(byte)) }
}
