import type { Seen, Skill, Step } from '../skill.ts'
import { conclude, failure, giveUp, printed, run, script } from './script.ts'

const look = script('drawing-look.py')
const measure = script('shapes-measure.py')

const shape = /\b(how many|count|number of)\b.*\b(circles|pentagons)\b/i

/** How many equal circles or pentagons overlap in one row or two: counts their tops and their bottoms. */
export const shapes: Skill = {
  name: 'shapes',
  fits: question => shape.test(question),
  next(seen) {
    const failed = failure(seen)
    if (failed) return giveUp(failed)
    const name = seen.question.match(shape)?.[2]?.toLowerCase() ?? 'shapes'
    if (seen.steps.length === 0) return lookFirst(seen, name)
    return seen.steps.length === 1 ? countEnds(seen, name) : decide(seen, name)
  },
}

const lookFirst = (seen: Seen, name: string): Step =>
  run(
    seen,
    [
      `The ${name} may be small and overlap, so I crop to the drawing and enlarge it.`,
      `I first find where the ${name} are drawn and look at that part enlarged.`,
    ],
    look(),
  )

const countEnds = (seen: Seen, name: string): Step =>
  run(
    seen,
    [
      `The ${name} overlap in rows, but their tops and bottoms stand free. I count the pieces of ink at the upper and at the lower edge.`,
      `Where outlines overlap, counting them is error-prone; the highest points of the upper ${name} and the lowest of the lower ones are separate, so I count those.`,
    ],
    measure(),
  )

function decide(seen: Seen, name: string): Step {
  const [, tops, bottoms, count] =
    printed(seen).match(/^tops: (\d+).*\nbottoms: (\d+).*\ndifferent positions: (\d+)/m) ?? []
  if (count === undefined || count === '0') return giveUp(`I cannot tell the ${name} apart.`)
  const wordings = [
    `There are ${tops} tops and ${bottoms} bottoms, at ${count} different positions, so there are ${count} ${name}.`,
    `${count} different positions have a top or a bottom of their own: ${count} ${name}.`,
  ] as const
  return conclude(seen, wordings, count)
}
