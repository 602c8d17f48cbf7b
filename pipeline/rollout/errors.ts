import type { Planned } from '../plan.ts'

type What = 'reply' | 'search'

/** A reply, or what a search found, that a replay needs was never stored. */
export class NotStored extends Error {
  override name = 'NotStored'
  readonly what: What
  readonly turn: number
  constructor(what: What, turn: number, { teacher, task, sample }: Partial<Planned> = {}) {
    const where = task ? `task ${task.id}, teacher ${teacher?.name}, sample ${sample}, ` : ''
    super(`${where}turn ${turn}: its ${what} is not in the store; run the config again, then replay it`)
    this.what = what
    this.turn = turn
  }
}
