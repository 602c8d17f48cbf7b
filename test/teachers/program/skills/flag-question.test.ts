import { expect, test } from 'vitest'
import { amongOthers, kinds, pairWordings } from '../../../../examples/demo/flags/questions.ts'
import { planOf } from '../../../../teachers/program/skills/flag-question.ts'

const one = 'The image shows the flag of a country.'
const two = 'Two flags are shown side by side.'

test.each([
  ['What is the capital of the country whose flag is shown?', 1, 'state', ['capital'], null],
  [`${one} What is its total area in square kilometres?`, 1, 'state', ['total area'], null],
  [
    `${one} Using the total area and total population, what is its population density in people per square kilometre of total area? Round to one decimal.`,
    1,
    'divide',
    ['population', 'total area'],
    1,
  ],
  [
    `${one} How large is its water area as a percentage of its total area? Round to 2 decimals.`,
    1,
    'percent',
    ['water area', 'total area'],
    2,
  ],
  [
    `${two} Which country has the longer coastline, the one on the left or the one on the right, and by how many kilometres? Answer as 'left N' or 'right N'.`,
    2,
    'compare',
    ['coastline'],
    null,
  ],
  [`${two} Which country has the larger population, left or right?`, 2, 'which', ['population'], null],
  [
    `${two} What is the difference between their highest points in metres?`,
    2,
    'difference',
    ['highest point'],
    null,
  ],
  [
    `${two} What is the land area of both countries together, to the nearest whole number?`,
    2,
    'sum',
    ['land area'],
    0,
  ],
  [
    `${two} How many times as large is the population of the one as that of the other?`,
    2,
    'ratio',
    ['population'],
    null,
  ],
] as const)('%s', (question, flags, work, facts, decimals) => {
  const plan = planOf(question)
  expect(plan).toMatchObject({ flags, work, decimals })
  expect(plan?.facts.map(({ name }) => name)).toEqual(facts)
})

test('a flag among others is one flag at a place', () => {
  const alone = 'What is the capital of the country whose flag is shown?'
  const question = amongOthers(alone, 'bottom right')
  expect(question).not.toBe(alone)
  expect(planOf(question)).toMatchObject({
    flags: 1,
    work: 'state',
    place: { vertical: 'bottom', horizontal: 'right' },
  })
  expect(planOf(alone)?.place).toBeNull()
  for (const { flags, wordings } of kinds) {
    for (const wording of flags === 1 ? wordings : []) {
      const plan = planOf(amongOthers(wording, 'top left'))
      expect(plan, wording).toMatchObject({ flags: 1, place: { vertical: 'top', horizontal: 'left' } })
      expect(plan, wording).toEqual({ ...planOf(wording), place: plan?.place })
    }
  }
})

test.each([
  'Why are there stars on this flag?',
  `${two} What are they?`,
  `${one} What is its national dish?`,
])('it does not pretend to understand "%s"', question => {
  expect(planOf(question)).toBeNull()
})

test('every wording of the demo is understood', () => {
  for (const { wordings, flags, facts } of kinds) {
    for (const wording of wordings) {
      const plan = planOf(wording.replace('{{two}}', pairWordings.apart))
      expect(plan, wording).toMatchObject({ flags })
      expect(plan?.facts, wording).toHaveLength(facts.length)
    }
  }
})
