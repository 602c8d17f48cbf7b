import { paced } from '../tasks/remote/fetched.ts'
import type { Errand } from './errand.ts'

/** Hears of bytes that go; of those that are to go again with a minus. */
export type Sent = (bytes: number) => void

/** Says now and then how many of all bytes have gone. */
export function sending(what: string, whole: number, { listen }: Pick<Errand, 'listen'>): Sent {
  let gone = 0
  const say = paced(() => listen({ kind: 'sending', what, bytes: Math.min(gone, whole), whole }))
  return bytes => {
    gone += bytes
    say()
  }
}

/** The same bytes, which tell of themselves as they are read. */
export function countedBlob(blob: Blob, tell: Sent): Blob {
  const stream = () =>
    blob.stream().pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, to) {
          tell(piece.length)
          to.enqueue(piece)
        },
      }),
    )
  return Object.assign(blob.slice(), { stream })
}

/** Whether a file could not be read because it is another one by now, however deep that lies in an error. */
export function isUnreadable(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if (each.name === 'NotReadableError') return true
  return false
}
