import { StringDecoder } from 'node:string_decoder'

export interface Capture {
  /** Take what came in. Gives whether the end mark has been seen. */
  push(chunk: Buffer): boolean
  readonly ended: boolean
  /** All bytes so far, kept or not. */
  readonly received: number
  text(): { text: string; truncated: boolean }
}

/** Collects one cell's part of an output stream: everything before `mark`, of which the first `keep` bytes are kept. */
export function capture(mark: Buffer, keep: number): Capture {
  const kept: Buffer[] = []
  let length = 0
  let received = 0
  let ended = false
  let pending = Buffer.alloc(0)

  const store = (bytes: Buffer) => {
    const part = bytes.subarray(0, Math.max(0, keep - length))
    if (part.length > 0) kept.push(part)
    length += bytes.length
  }
  return {
    push(chunk) {
      received += chunk.length
      if (ended) return true
      const bytes = Buffer.concat([pending, chunk])
      const at = bytes.indexOf(mark)
      ended = at >= 0
      // The mark may still be cut in two: as many bytes as it has, less one, wait for the next chunk.
      const settled = ended ? at : Math.max(0, bytes.length - mark.length + 1)
      store(bytes.subarray(0, settled))
      pending = ended ? Buffer.alloc(0) : Buffer.from(bytes.subarray(settled))
      return ended
    },
    get ended() {
      return ended
    },
    get received() {
      return received
    },
    text() {
      store(pending)
      pending = Buffer.alloc(0)
      return decode(Buffer.concat(kept), length > keep)
    },
  }
}

/** UTF-8 with replacement characters; a character that the limit cut in two is left out. */
function decode(bytes: Buffer, truncated: boolean): { text: string; truncated: boolean } {
  const decoder = new StringDecoder('utf8')
  const text = decoder.write(bytes)
  return { text: truncated ? text : text + decoder.end(), truncated }
}
