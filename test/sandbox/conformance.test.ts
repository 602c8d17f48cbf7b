import { afterAll } from 'vitest'
import { type Bounds, jail } from '../../sandbox/bubblewrap.ts'
import { tightLimits } from '../conformance/sandbox/abuse.ts'
import { sandboxConformance } from '../conformance/sandbox.ts'
import { otherUser } from './other-user.ts'

const make = (bounds: Partial<Bounds>) => jail({ limits: tightLimits }, [], bounds)

sandboxConformance('a warm jail', { make, fresh: false })
sandboxConformance('a fresh jail', { make, fresh: true })

if (process.getuid?.() === 0) {
  const user = await otherUser(61501)
  afterAll(user.stop)
  sandboxConformance('a warm jail of an ordinary user', { make: user.sandbox, fresh: false })
}
