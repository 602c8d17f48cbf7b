import type { RowGround } from '../../filters/selector.ts'
import type { Store } from '../../store/store.ts'
import { singleFlight } from '../ask/single-flight.ts'

const keyOf = (method: string, sha256: string) => `${method} ${sha256}`

/** What was made of a picture in a part or by a worker. */
export async function rememberedIn(
  store: Store,
  method: string,
  sha256: string,
): Promise<Uint8Array | undefined> {
  const kept = await store.get<string>('remembered', keyOf(method, sha256))
  return kept === undefined ? undefined : Buffer.from(kept, 'base64')
}

/** Rows of one task have the same pictures and come at the same time. */
export function rememberIn(store: Store): (signal: AbortSignal) => RowGround['remember'] {
  const once = singleFlight<Uint8Array>()
  return signal => (method, sha256, make) =>
    once(
      keyOf(method, sha256),
      async () => {
        const known = await rememberedIn(store, method, sha256)
        if (known) return known
        const made = await make()
        await store.put('remembered', keyOf(method, sha256), Buffer.from(made).toString('base64'))
        return made
      },
      signal,
    )
}
