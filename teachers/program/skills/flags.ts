import { replay, type Script, Stuck } from '../replay.ts'
import type { Seen, Skill, Step } from '../skill.ts'
import { otherName, ownerOf, sameCountry } from './countries.ts'
import { type FactKind, quantityIn } from './facts.ts'
import { type Place, type Plan, planOf } from './flag-question.ts'
import { arithmetic, type Quantity } from './flag-sums.ts'
import { imagesIn, type Result, resultsIn, sectionOf } from './observed.ts'
import { conclude, say, script } from './script.ts'

const split = script('flags-split.py')
const crop = script('flags-crop.py')

/** Facts about the countries of one or two flags: finds the flags, reads the World Factbook, calculates in Python. */
export const flags: Skill = {
  name: 'flags',
  fits: question => /\bflags?\b/i.test(question) && planOf(question) !== null,
  next: seen => replay(solve, seen),
}

interface Finding {
  country: string
  fact: FactKind
  /** As the Factbook states it. */
  stated: string
  /** What the search gave on that country: the next fact may be among it. */
  passages: Result[]
}

function* solve(seen: Seen): Script {
  const plan = planOf(seen.question)
  if (!plan) throw new Stuck('I do not understand what is asked about the flag.')
  const countries: string[] = []
  for (const picture of yield* pictures(seen, plan)) {
    countries.push(yield* identify(seen, picture, countries.at(-1)))
  }
  const findings: Finding[] = []
  for (const country of countries) {
    for (const fact of plan.facts) findings.push(yield* lookUp(seen, country, fact, findings.at(-1)))
  }
  if (plan.work === 'state') return state(seen, findings)
  return yield* calculate(seen, plan, findings)
}

/** The names of images that show one flag each. */
function* pictures(seen: Seen, { flags: count, place }: Plan): Script<string[]> {
  if (place) return [yield* cropped(seen, place)]
  const given = Array.from({ length: seen.images }, (_, index) => `image_${index + 1}`)
  if (given.length >= count) return given.slice(0, count)
  const thought = say(seen, [
    'Two flags are in one image. I cut it in the middle, leaving out the gap, so that each can be searched for alone.',
    'To find out which countries these are, I first need each flag by itself: I look for the gap in the middle and crop both halves.',
    'The image search works on whole images, so I separate the left flag from the right one first.',
  ])
  const text = yield { kind: 'call', thought, name: 'python', arguments: { code: split() } }
  const crops = imagesIn(text)
  if (crops.length === 2) return crops
  throw new Stuck('I could not separate the two flags, so I cannot tell which countries they belong to.')
}

/** The name of an image that shows only the flag at this place. */
function* cropped(seen: Seen, { vertical, horizontal }: Place): Script<string> {
  const thought = say(seen, [
    `The flag at the ${vertical} ${horizontal} is a small part of the image. I crop it, so that the search sees nothing else.`,
    `Several flags are in the image, and a search for all of it would find none of them. I cut out the one at the ${vertical} ${horizontal}.`,
    `First I need the flag at the ${vertical} ${horizontal} by itself: it stands out from the wall, so I can find its edges and crop it.`,
  ])
  const code = crop({ vertical, horizontal })
  const text = yield { kind: 'call', thought, name: 'python', arguments: { code } }
  const [only, ...more] = imagesIn(text)
  if (only && more.length === 0) return only
  throw new Stuck(`I could not cut out the flag at the ${vertical} ${horizontal}, so I cannot search for it.`)
}

function* identify(seen: Seen, picture: string, before: string | undefined): Script<string> {
  const lead = before ? `That flag is closest to the flag of ${before}. ` : ''
  const thought = say(seen, [
    `${lead}I search for flags that look like ${picture} to learn which country it belongs to.`,
    `${lead}I do not want to guess the country in ${picture} from memory; the image search can compare it with known flags.`,
    `${lead}Which country does ${picture} stand for? A search by image should tell.`,
  ])
  const text = yield { kind: 'call', thought, name: 'image_search', arguments: { image: picture } }
  const country = ownerOf(
    resultsIn(text).flatMap(({ title }) => /flag of (.+)$/i.exec(title)?.[1]?.trim() ?? []),
  )
  if (country) return country
  throw new Stuck(`The image search found no flag like ${picture}, so I do not know the country.`)
}

function* lookUp(seen: Seen, country: string, fact: FactKind, before: Finding | undefined): Script<Finding> {
  const passed = before?.country === country ? before.passages : []
  const already = statedIn(passed, fact)
  if (already) return { country, fact, stated: already, passages: passed }
  const lead = before
    ? `The Factbook gives ${before.country}'s ${before.fact.name} as "${before.stated}".`
    : `The closest match is the flag of ${country}.`
  const thought = say(seen, [
    `${lead} Next I need the ${fact.name} of ${country}, which the World Factbook should state.`,
    `${lead} Now I look up the ${fact.name} of ${country}.`,
    `${lead} What does the World Factbook say about the ${fact.name} of ${country}?`,
  ])
  const passages = passagesOn(country, yield search(thought, `${country} ${fact.queries[0]}`))
  const stated = statedIn(passages, fact) ?? (yield* askAgain(seen, country, fact, passages.length > 0))
  return { country, fact, stated, passages }
}

/** In other words where the country is known under this name, else under another name. */
function* askAgain(seen: Seen, country: string, fact: FactKind, known: boolean): Script<string> {
  const name = known ? country : (otherName(country) ?? country)
  const query = `${name} ${fact.queries[name === country ? 1 : 0]}`
  const thought = say(seen, [
    `None of these passages gives the ${fact.name} of ${country}. I try once more: ${query}.`,
    `I cannot read the ${fact.name} of ${country} from these results, so I put the query differently.`,
  ])
  const stated = statedIn(passagesOn(country, yield search(thought, query)), fact)
  if (stated) return stated
  throw new Stuck(`I did not find the ${fact.name} of ${country}, and without it I cannot answer.`)
}

const search = (thought: string, query: string) =>
  ({ kind: 'call', thought, name: 'text_search', arguments: { query } }) as const

/** The passages about a country. A title names the country first and the field last. */
const passagesOn = (country: string, text: string): Result[] =>
  resultsIn(text).filter(({ title }) => sameCountry(title.split(' — ')[0] ?? '', country))

/** What the country's passages state, if the right field is among them. */
const statedIn = (passages: Result[], fact: FactKind): string | null =>
  passages
    .filter(({ title }) => fact.field.test(title.split(' — ').at(-1) ?? ''))
    .map(({ text }) => fact.read(text))
    .find(stated => stated !== null) ?? null

function state(seen: Seen, findings: Finding[]): Step {
  const [found] = findings
  if (!found) throw new Stuck('There is nothing to state.')
  const { country, fact, stated } = found
  const answer = fact.name === 'capital' ? stated : String(quantityIn(stated) ?? stated)
  const wordings = [
    `The flag is that of ${country}, and the World Factbook gives its ${fact.name} as ${stated}.`,
    `The World Factbook states for ${country}, whose flag this is: ${fact.name} ${stated}.`,
  ] as const
  return conclude(seen, wordings, answer)
}

function* calculate(seen: Seen, plan: Plan, findings: Finding[]): Script {
  const quantities = findings.map((finding, index) => quantityOf(finding, plan, index))
  const read = findings.map(({ country, fact, stated }) => `${country}, ${fact.name}: "${stated}"`).join('; ')
  const thought = say(seen, [
    `I have all the numbers (${read}). Python does the arithmetic.`,
    `From the passages I read ${read}. I calculate the result with Python rather than in my head.`,
  ])
  const code = arithmetic(plan, quantities, sidesOf(seen, findings))
  const text = yield { kind: 'call', thought, name: 'python', arguments: { code } }
  const answer = sectionOf(text, 'stdout')
  if (!answer) throw new Stuck('The calculation printed nothing, so I have no result to give.')
  const countries = [...new Set(findings.map(({ country }) => country))].join(' and ')
  return conclude(
    seen,
    [
      `With the Factbook's figures for ${countries}, Python prints ${answer}.`,
      `So for ${countries} the result of the calculation is ${answer}.`,
    ],
    answer,
  )
}

const sides = ['left', 'right'] as const

function quantityOf({ country, fact, stated }: Finding, { flags: count }: Plan, index: number): Quantity {
  const value = quantityIn(stated)
  if (value === null)
    throw new Stuck(`"${stated}" is no number, so ${country}'s ${fact.name} is unknown to me.`)
  return { label: count === 2 ? `${sides[index]} ${fact.name}` : fact.name, value }
}

/** What the question wants to hear of two countries: sides, or names. */
const sidesOf = ({ question }: Seen, findings: Finding[]): string[] =>
  /\bleft\b/i.test(question) ? [...sides] : findings.map(({ country }) => country)
