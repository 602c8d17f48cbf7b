import { lookedAt } from '../../images/looked-at.ts'
import { ofKept } from '../../images/redrawn.ts'
import { excerpt } from '../../words/excerpt.ts'
import type { Signal } from './signal.ts'

/** The last that a tool gave before the answer is blank pictures and not a word. */
export const blankPicture: Signal<'blank_picture'> = {
  name: 'blank_picture',
  async find({ steps }, context) {
    const last = steps.findLast(({ observations }) => observations.length > 0)
    const said = steps.at(-1)
    const silent = last?.observations.every(
      ({ data }) => data?.kind === 'cell' && data.stdout.trim() === '' && data.result === null,
    )
    if (!last || !said || last === said || !silent || last.images.length === 0) return null
    for (const image of last.images)
      if (!(await lookedAt.isBlank(ofKept, await context.bytes(image)))) return null
    return { turn: said.turn, words: excerpt(said.thought) }
  },
}
