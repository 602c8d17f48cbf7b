import { errorIn } from './said-error.ts'
import { fieldsOf } from './shapes.ts'

/**
 * What a server sent was no reply, or broke off. Like an error of an official package, it holds the body in which the
 * server says why, where it says it.
 */
export class NoReply extends Error {
  override name = 'NoReply'
  readonly error: unknown
  constructor(message: string, error?: unknown, cause?: unknown) {
    super(message, { cause })
    this.error = error
  }
}

/** A body that is no reply of its wire, and holds no error either. */
export const noReply = (how: string, body: unknown): NoReply =>
  new NoReply(`the server answered ${how}: ${JSON.stringify(body)?.slice(0, 200)}`)

/** A reply that its server could not finish, with the reason that it gives. */
export const unfinished = (reply: unknown): NoReply =>
  new NoReply(`the server answered with a fault of its own: ${JSON.stringify(reply)}`, fieldsOf(reply).error)

/** Throws what an event of a stream says in place of a piece of the reply. */
export function refuseError(event: unknown): void {
  const said = errorIn(event)
  if (said) throw new NoReply(said.message, event)
}
