import { createReadStream } from 'node:fs'

/** Longer lines are refused, in bytes: a file that is not JSON Lines may be one line. */
export const maxLineBytes = 256_000_000

export class LineError extends Error {}

/**
 * The lines of a text file. Node's own reader ends lines at U+2028, too, which models write and JSON leaves as it is.
 */
export const linesOf = (path: string): AsyncIterable<string> => textLines(createReadStream(path))

/** The same of text that is read in pieces. */
export async function* textLines(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterable<string> {
  for await (const line of lines(bytes)) yield line.toString()
}

/** The lines of what is read in pieces. Throws LineError for one that is too long. */
export async function* lines(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<Buffer> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of bytes) {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)])
      parts = []
      length = 0
      start = end + 1
    }
    parts.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > maxLineBytes)
      throw new LineError(`the next line is longer than ${maxLineBytes / 1e6} MB; is this JSON Lines?`)
  }
  if (length > 0) yield Buffer.concat(parts)
}
