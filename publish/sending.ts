import type { Sent } from '../store/remote/put-blob.ts'
import { paced } from '../tasks/remote/fetched.ts'
import type { Errand } from './errand.ts'

/** Says now and then how many of all bytes have gone. */
export function sending(what: string, whole: number, { listen }: Pick<Errand, 'listen'>): Sent {
  let gone = 0
  const say = paced(() => listen({ kind: 'sending', what, bytes: Math.min(gone, whole), whole }))
  return bytes => {
    gone += bytes
    say()
  }
}
