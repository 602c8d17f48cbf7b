import type { Seen, Skill, Step } from '../skill.ts'
import { conclude, failure, giveUp, printed, run, script } from './script.ts'

const look = script('lines-look.py')
const measure = script('lines-measure.py')
const zoom = script('lines-zoom.py')

const colour = '(red|blue|green|orange|purple|black)'
const named = new RegExp(`\\b${colour}\\b.*?\\b${colour}\\b.*?\\blines?\\b`, 'i')
const meeting = /\b(touch|cross|meet|intersect)/i

/** How often two coloured lines meet: separates the two by colour and counts where they lie on each other. */
export const lines: Skill = {
  name: 'lines',
  fits: question => meeting.test(question) && named.test(question),
  next(seen) {
    const failed = failure(seen)
    if (failed) return giveUp(failed)
    if (seen.steps.length === 0) return lookFirst(seen)
    if (/: 0 pixels/.test(printed(seen)))
      return giveUp('One of the two lines is not to be found by its colour.')
    if (seen.steps.length === 1) return findMeetings(seen)
    const count = Number(printed(seen).match(/meeting places: (\d+)/)?.[1])
    return count > 0 && seen.steps.length === 2 ? lookCloser(seen, count) : decide(seen, count)
  },
}

const colours = (seen: Seen): [string, string] => {
  const [, first = '', second = ''] = seen.question.toLowerCase().match(named) ?? []
  return [first, second]
}

function lookFirst(seen: Seen): Step {
  const [first, second] = colours(seen)
  const wordings = [
    `First I separate the ${first} and the ${second} line by colour, so that each can be measured by itself.`,
    `To count meetings reliably I need one mask for the ${first} line and one for the ${second} line.`,
    `Counting crossings by eye is error-prone, so I start by finding which pixels are ${first} and which are ${second}.`,
  ] as const
  return run(seen, wordings, look({ names: [first, second] }))
}

const findMeetings = (seen: Seen): Step =>
  run(
    seen,
    [
      'Both lines are there. Where they meet, their slightly thickened masks overlap, so I count the separate overlaps and mark them.',
      'With the two masks at hand I grow each by about half a line width; every connected overlap is then one meeting place.',
      'Now I look for places that belong to both masks after a small dilation, which closes the gap where one line covers the other.',
    ],
    measure(),
  )

const lookCloser = (seen: Seen, count: number): Step =>
  run(
    seen,
    [
      `The overlap test gives ${count}. I zoom in on each place to be sure that the lines really meet there.`,
      `That is ${count} so far. An enlarged look at each place tells a real crossing from a near miss.`,
      'Before I trust the count, I enlarge each place and check that both colours go through it.',
    ],
    zoom(),
  )

function decide(seen: Seen, count: number): Step {
  const [first, second] = colours(seen)
  const checks = [...printed(seen).matchAll(/^place \d+: (confirmed|only a near miss)/gm)]
  if (count === 0) {
    const gap = printed(seen).match(/closest distance: ([\d.]+)/)?.[1]
    const apart = `The ${first} and the ${second} line never overlap`
    return conclude(seen, [`${apart}; they stay at least ${gap} pixels apart.`, `${apart}.`], '0')
  }
  const met = checks.filter(([, verdict]) => verdict === 'confirmed').length
  const verdict = `the ${first} and the ${second} line meet at ${met} place${met === 1 ? '' : 's'}`
  return conclude(seen, [`The zoom confirms it: ${verdict}.`, `So ${verdict}.`], String(met))
}
