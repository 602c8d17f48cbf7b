import type { Seen, Skill, Step } from '../skill.ts'
import { conclude, failure, giveUp, printed, run, script } from './script.ts'

const look = script('drawing-look.py')
const measure = script('squares-measure.py')

/** How many nested squares there are: each outline is one connected piece of ink. */
export const squares: Skill = {
  name: 'squares',
  fits: question => /\b(how many|count|number of)\b.*\bsquares\b/i.test(question),
  next(seen) {
    const failed = failure(seen)
    if (failed) return giveUp(failed)
    if (seen.steps.length === 0) return lookFirst(seen)
    return seen.steps.length === 1 ? separate(seen) : decide(seen)
  },
}

const lookFirst = (seen: Seen): Step =>
  run(
    seen,
    [
      'The squares may be small, so I find the part of the image that has ink and enlarge it.',
      'I first crop the image to what is drawn in it and look at that enlarged.',
      'Let me see the drawing itself: I cut away the empty margin and enlarge the rest.',
    ],
    look(),
  )

const separate = (seen: Seen): Step =>
  run(
    seen,
    [
      'The outlines do not touch, so each connected piece of ink should be one square. I measure every piece to be sure it is one.',
      'Now I split the ink into connected pieces and check for each whether it is as wide as high and hollow.',
      'To count without missing a small one, I label the separate outlines and print the position and size of each.',
    ],
    measure(),
  )

function decide(seen: Seen): Step {
  const count = printed(seen).match(/^squares: (\d+)/m)?.[1]
  if (count === undefined || count === '0') return giveUp('I find no separate square outline in the image.')
  const wordings = [
    `I find ${count} separate outlines that are as wide as they are high, so there are ${count} squares.`,
    `Each of the ${count} pieces is a closed square outline. That makes ${count} squares.`,
  ] as const
  return conclude(seen, wordings, count)
}
