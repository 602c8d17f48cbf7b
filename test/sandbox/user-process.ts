import { type Bounds, jail } from '../../sandbox/bubblewrap.ts'
import { landlock } from '../../sandbox/landlock.ts'
import type { OpenOptions, Sandbox, Session } from '../../sandbox/sandbox.ts'
import { tightLimits } from '../conformance/sandbox/abuse.ts'

/** A jail with these bounds, or Landlock. */
export type Kind = Partial<Bounds> | 'landlock'

/** What the parent may ask. Sessions are told apart by number. */
export type Request = { id: number } & (
  | { type: 'open'; options: OpenOptions; kind: Kind }
  | { type: 'exec'; session: number; code: string; timeoutMs: number | undefined }
  | { type: 'close'; session: number }
)

/** Serves a jail to the parent process, which may be another user. */
const sandboxes = new Map<string, Sandbox>()
const sessions = new Map<number, Session>()

function sandboxFor(kind: Kind): Sandbox {
  const key = JSON.stringify(kind)
  const limits = tightLimits
  const known =
    sandboxes.get(key) ?? (kind === 'landlock' ? landlock({ limits }) : jail({ limits }, [], kind))
  sandboxes.set(key, known)
  return known
}

async function answer(request: Request): Promise<unknown> {
  if (request.type === 'open') {
    sessions.set(request.id, await sandboxFor(request.kind).open(request.options))
    return request.id
  }
  const session = sessions.get(request.session)
  if (!session) throw new Error(`no session ${request.session}`)
  if (request.type === 'close') return session[Symbol.asyncDispose]()
  return session.exec(request.code, request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs })
}

process.on('message', (request: Request) => {
  answer(request).then(
    value => process.send?.({ id: request.id, value }),
    (error: Error) => process.send?.({ id: request.id, error: error.message }),
  )
})
