import type { AnswerType } from '../../../schemas/task.ts'
import type { Random } from '../random.ts'
import type { Country } from './countries.ts'
import { type Fact, facts } from './facts.ts'
import type { Place } from './pictures.ts'

type Value = number | string

/** What a question asks of one country, or of two. */
export interface Kind {
  name: string
  category: 'search' | 'integration'
  flags: 1 | 2
  facts: Fact[]
  wordings: string[]
  /** From the facts of each country in turn; undefined where there is nothing to ask. */
  answer(values: Value[]): string | undefined
  /** Where the words say how the flags are shown. */
  sideBySide?: true
  answerType: AnswerType
  tolerance: number | null
}

/** A question with its true answer and the passages that prove it. */
export interface Question {
  text: string
  answer: string
  evidence: string[]
  values: Value[]
}

const one = 'The image shows the flag of a country.'
const two = '{{two}}'

const stated = (name: string, fact: Fact, ...wordings: string[]): Kind => ({
  name,
  category: 'search',
  flags: 1,
  facts: [fact],
  wordings,
  answer: ([value]) => (value === undefined || value === 0 ? undefined : String(value)),
  answerType: 'number',
  tolerance: 0.01,
})

const worked = (
  name: string,
  flags: 1 | 2,
  asked: Fact[],
  answer: (values: number[]) => string | undefined,
  ...wordings: string[]
): Kind => ({
  name,
  category: 'integration',
  flags,
  facts: asked,
  wordings,
  answer: values => answer(values.map(Number)),
  answerType: 'number',
  tolerance: 0.01,
})

/** Rounded as asked; nothing where so little is left that the rounding decides. */
const rounded = (value: number, digits: number): string | undefined =>
  Number.isFinite(value) && Math.abs(value) >= 10 ** (1 - digits) ? value.toFixed(digits) : undefined

const ratio = (a: number, b: number) => Math.max(a, b) / Math.min(a, b)

const whole = (value: number): string | undefined =>
  value > 0 ? String(Number(value.toFixed(2))) : undefined

const longer = (left: number, right: number): string | undefined =>
  left === right
    ? undefined
    : `${left > right ? 'left' : 'right'} ${Number(Math.abs(left - right).toFixed(2))}`

export const kinds: Kind[] = [
  {
    ...stated('capital', facts.capital),
    wordings: [
      'What is the capital of the country whose flag is shown?',
      `${one} What is the name of its capital, according to the World Factbook?`,
    ],
    answerType: 'text',
    tolerance: null,
  },
  stated(
    'coastline',
    facts.coastline,
    `${one} How long is its coastline in kilometres, according to the World Factbook?`,
    'What is the length of the coastline, in kilometres, of the country whose flag is shown? Use the World Factbook.',
  ),
  stated(
    'area',
    facts.area,
    `${one} What is its total area in square kilometres, according to the World Factbook?`,
    'According to the World Factbook, how large is the total area of the country with this flag, in sq km?',
  ),
  stated(
    'population',
    facts.population,
    `${one} What is its population, according to the World Factbook?`,
    'What population does the World Factbook give for the country whose flag is shown?',
  ),
  stated(
    'highest',
    facts.highest,
    `${one} How high is its highest point, in metres, according to the World Factbook?`,
    'What is the elevation in metres of the highest point of the country whose flag is shown? Use the World Factbook.',
  ),
  stated(
    'boundaries',
    facts.boundaries,
    `${one} How long are its land boundaries in total, in kilometres, according to the World Factbook?`,
    'According to the World Factbook, what is the total length in kilometres of the land boundaries of the country whose flag is shown?',
  ),
  worked(
    'density',
    1,
    [facts.population, facts.area],
    ([people = 0, area = 0]) => rounded(people / area, 1),
    `${one} Using the country's total area and total population in the World Factbook, what is its population density in people per square kilometre of total area? Round to one decimal.`,
    "What is the population density, in people per square kilometre of total area, of the country whose flag is shown? Calculate it from the World Factbook's population and total area, and round to one decimal.",
  ),
  {
    ...worked(
      'coast compare',
      2,
      [facts.coastline],
      ([left = 0, right = 0]) => longer(left, right),
      "Two flags are shown side by side. Which country has the longer coastline according to the World Factbook, the one on the left or the one on the right, and by how many kilometres? Answer as 'left N' or 'right N'.",
    ),
    answerType: 'text',
    tolerance: null,
    sideBySide: true,
  },
  worked(
    'area ratio',
    2,
    [facts.area],
    ([a = 0, b = 0]) => rounded(ratio(a, b), 2),
    `${two} According to the World Factbook, how many times as large is the total area of the larger country as that of the smaller one? Round to two decimals.`,
    `${two} What is the ratio of the total area of the larger of the two countries to that of the smaller, going by the World Factbook? Round to two decimals.`,
  ),
  worked(
    'water share',
    1,
    [facts.water, facts.area],
    ([water = 0, area = 0]) => rounded((100 * water) / area, 2),
    `${one} Going by the World Factbook, how large is its water area as a percentage of its total area? Round to two decimals.`,
    'What is the water area of the country whose flag is shown, as a percentage of its total area? Take both from the World Factbook and round to two decimals.',
  ),
  worked(
    'height difference',
    2,
    [facts.highest],
    ([a = 0, b = 0]) => whole(Math.abs(a - b)),
    `${two} What is the difference in metres between the highest point of the one country and that of the other, according to the World Factbook?`,
  ),
  worked(
    'area sum',
    2,
    [facts.area],
    ([a = 0, b = 0]) => whole(a + b),
    `${two} What is the total area of the two countries together, in square kilometres, according to the World Factbook?`,
    `${two} Add up the total area of both countries as the World Factbook gives it. What is the sum in square kilometres?`,
  ),
  worked(
    'people per coast',
    1,
    [facts.population, facts.coastline],
    ([people = 0, coast = 0]) => (coast === 0 ? undefined : rounded(people / coast, 1)),
    `${one} How many people live in it for each kilometre of its coastline, going by the World Factbook's population and coastline? Round to one decimal.`,
  ),
  worked(
    'population ratio',
    2,
    [facts.population],
    ([a = 0, b = 0]) => rounded(ratio(a, b), 2),
    `${two} According to the World Factbook, how many times as large is the population of the more populous country as that of the other? Round to two decimals.`,
  ),
]

/** How two flags are shown: in one image, or in one each. */
export const pairWordings = {
  together: 'Two flags are shown side by side.',
  apart: 'The two images show the flags of two countries.',
}

/** The words for a flag that is alone, changed for one that hangs among others. */
export const amongOthers = (text: string, place: Place): string =>
  text
    .replace(one, `Four flags hang on a wall. Take the country whose flag is at the ${place}.`)
    .replace(/whose flag is shown|with this flag/, `whose flag is at the ${place} of the four on the wall`)

/** The question of a kind about these countries, or undefined where the Factbook does not say all it needs. */
export function questionOn(
  kind: Kind,
  countries: Country[],
  together: boolean,
  chance: Random,
): Question | undefined {
  const values = countries.flatMap(country => kind.facts.map(fact => fact.value(country)))
  if (values.some(value => value === undefined)) return undefined
  const known = values.filter(value => value !== undefined)
  const answer = kind.answer(known)
  if (answer === undefined) return undefined
  const wording = chance.pick(kind.wordings)
  const text = wording.replace(two, pairWordings[together ? 'together' : 'apart'])
  const evidence = countries.flatMap(({ id }) => kind.facts.map(({ field }) => `${id}#${field}`))
  return { text, answer, evidence: [...new Set(evidence)], values: known }
}
