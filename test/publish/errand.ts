import type { Push } from '../../publish/destination.ts'
import type { Errand, PushNews } from '../../publish/errand.ts'
import { usualRoutes } from '../../tasks/remote/web.ts'

/** A push that waits for nobody: waits are over at once, and noted. After `most` requests nothing more is begun. */
export function errand(most = Number.POSITIVE_INFINITY) {
  const news: PushNews[] = []
  const waits: number[] = []
  let begun = 0
  const errand: Errand = {
    routes: usualRoutes(),
    signal: new AbortController().signal,
    check() {
      if (++begun > most) throw new Error('stopped')
    },
    listen: one => void news.push(one),
    wait: async time => void waits.push(time),
  }
  return { errand, news, waits, begun: () => begun }
}

/** The paths of a push by what happens to them. */
export const happening = ({ changes }: Push): Record<string, string[]> =>
  Object.fromEntries(
    [...Map.groupBy(changes, ({ does }) => does)].map(([does, all]) => [
      does,
      all.map(({ path }) => path).sort(),
    ]),
  )
