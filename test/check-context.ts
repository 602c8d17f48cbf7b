import type { CheckContext } from '../filters/check.ts'

const absent = (name: string) => (): never => {
  throw new Error(`this check must not need ${name}`)
}

/** A context for checks that look at nothing but the trajectory: touching anything else throws. */
export const noContext: CheckContext = {
  get sandbox() {
    return absent('a sandbox')()
  },
  get tools() {
    return absent('tools')()
  },
  sessionOptions: absent('a session'),
  analysis: absent('a session'),
  keep: absent('an image'),
  bytes: absent('an image'),
  signal: new AbortController().signal,
}
