import type { Seen, Skill, Step } from '../skill.ts'
import { conclude, failure, giveUp, printed, run, script } from './script.ts'

const look = script('grid-look.py')
const measure = script('grid-measure.py')

/** How many rows and columns a ruled table has: counts the rules that go all the way through. */
export const grid: Skill = {
  name: 'grid',
  fits: question => /\brows?\b[^.?]*\bcolumns?\b/i.test(question) && /\b(table|grid)\b/i.test(question),
  next(seen) {
    const failed = failure(seen)
    if (failed) return giveUp(failed)
    if (seen.steps.length === 0) return lookFirst(seen)
    return seen.steps.length === 1 ? findRules(seen) : decide(seen)
  },
}

const lookFirst = (seen: Seen): Step =>
  run(
    seen,
    [
      'I first find out where the table lies in the image and look at its upper left corner.',
      'Let me locate the table and look at a corner of it, to see how its rules are drawn.',
      'To count rows and columns I need the rules of the table. I start with its extent and a close look at a corner.',
    ],
    look(),
  )

const findRules = (seen: Seen): Step =>
  run(
    seen,
    [
      'The rules are plain to see. Rows and columns of pixels that are mostly ink are rules; text in cells never fills so much of one.',
      'A rule runs through the whole table, so I take how much of each pixel row and column is ink and count the peaks.',
      'Now I project the ink onto both axes. Every run of nearly full rows or columns is one rule.',
    ],
    measure(),
  )

function decide(seen: Seen): Step {
  const [, across] = printed(seen).match(/^horizontal rules: (\d+)/m) ?? []
  const [, down] = printed(seen).match(/^vertical rules: (\d+)/m) ?? []
  const rows = Number(across) - 1
  const columns = Number(down) - 1
  if (!(rows > 0 && columns > 0))
    return giveUp('I find no ruled table in the image, so I cannot count its cells.')
  const wordings = [
    `${across} horizontal rules enclose ${rows} rows, and ${down} vertical rules enclose ${columns} columns.`,
    `There is one row less than the ${across} horizontal rules and one column less than the ${down} vertical ones: ${rows} by ${columns}.`,
  ] as const
  return conclude(seen, wordings, `(${rows},${columns})`)
}
