import Type, { type Static } from 'typebox'
import { itemsOf } from '../answers/reading/items.ts'
import { shortened } from '../schemas/input-error.ts'
import { isObject } from '../schemas/json.ts'
import { closed } from '../schemas/options.ts'
import { known, refuse, scalarText, ValueError } from './field-values.ts'
import { writtenData } from './written-data.ts'

/** What an answer says of the choices: their text, their letter, or their place, counted from 0 or from 1. */
export const AnswerIs = Type.Union([
  Type.Enum(['text', 'letter', 'index']),
  closed({ index: Type.Literal(1) }),
])
export type AnswerIs = Static<typeof AnswerIs>

/**
 * Choices from a list, from `{ A: …, B: … }`, from lines such as `A. red`, or from such a list or object as text; null
 * where there is none. Throws ValueError for anything else.
 */
export function choicesOf(cell: unknown): string[] | null {
  const value = typeof cell === 'string' ? (writtenData(cell) ?? labelled(cell)) : cell
  if (value === null || value === undefined) return null
  const list = isObject(value) ? lettered(value) : value
  if (!Array.isArray(list)) return refuse(list, 'a list of texts')
  if (list.some(isObject))
    throw new ValueError(
      "is a list of objects; name the field in them that holds the text, as in 'choices.text'",
    )
  const filled = list.slice(0, list.findLastIndex(item => item !== null) + 1)
  return filled.length === 0 ? null : filled.map(item => scalarText(known(item)))
}

/** An object's values where its keys are the letters from A on, in whatever order they stand. */
function lettered(value: Record<string, unknown>): unknown[] {
  const keys = Object.keys(value).sort()
  if (keys.every((key, index) => key.toUpperCase() === letterAt(index)))
    return keys.map(key => value[key] ?? null)
  throw new ValueError(
    `is an object with ${shortened(keys.join(', '))}, not with A, B, C and so on; correct the row or map another field`,
  )
}

const letterAt = (index: number): string => String.fromCharCode(65 + index)

const label = /^\s*[([]?([A-Za-z])\s*[)\].:、：]+\s*/

/** One on each line, or all on one, in the order of their letters. */
const breaks = [/\n/, /[,;]?\s+(?=[([]?[A-Z]\s*[)\].:、：])/]

/** What stands behind the letters from A on in a text; the text itself where it is no such list. */
function labelled(text: string): string[] | string | null {
  if (text.trim() === '') return null
  const lists = breaks.map(each => text.split(each).filter(line => line.trim() !== ''))
  const found = lists.find(lines => lines.length > 1 && lines.every((line, index) => labelAt(line) === index))
  return found?.map(line => line.replace(label, '').trim()) ?? text
}

/**
 * The index of the choice that an answer means, or the answer where it means none. Throws ValueError where it may mean
 * more than one, or none as `answerIs` has it. A number may count choices, digits in a text are its text.
 */
export function answerAmong(
  value: unknown,
  choices: readonly string[],
  answerIs?: AnswerIs,
): number | string {
  const answer = scalarText(value)
  if (answerIs !== undefined) return meantBy(answer, choices, answerIs)
  const texts = textsAt(answer, choices)
  const places = [...placeIn(answer, choices, 0), ...placeIn(answer, choices, 1)]
  const mayCount = typeof value !== 'string' && texts.length > 0
  const meant = new Set([...texts, ...letterIn(answer, choices), ...(mayCount ? places : [])])
  const [index, ...others] = meant
  if (others.length > 0) throw new ValueError(ambiguous(answer))
  if (index === undefined && places.length > 0) throw new ValueError(counted(answer))
  return index ?? answer
}

/**
 * The same of every item of a set, from a list or a text. A text whose items are written as choices are stays as it is.
 */
export function answersAmong(
  value: unknown,
  choices: readonly string[],
  answerIs?: AnswerIs,
): (number | string)[] {
  const items = Array.isArray(value) ? value.map(known) : itemsOf(scalarText(value))
  const meant = items.map(item => answerAmong(item, choices, answerIs))
  const isAsMeant = meant.every((each, index) => [each, choices[Number(each)]].includes(String(items[index])))
  return typeof value === 'string' && isAsMeant ? [value] : meant
}

const quoted = (text: string): string => JSON.stringify(shortened(text))

const ambiguous = (answer: string): string =>
  `${quoted(answer)} is one choice's text and another's place; ${cures}, or 'text'`

const counted = (answer: string): string => `${quoted(answer)} is no choice's text; correct it, or ${cures}`

const cures =
  "set answerIs: 'index' where choices are counted from 0, { index: 1 } where from 1, 'letter' where lettered"

function meantBy(answer: string, choices: readonly string[], answerIs: AnswerIs): number | string {
  if (answer.trim() === '') return answer
  if (answerIs === 'text') return textsAt(answer, choices)[0] ?? answer
  const isLetter = answerIs === 'letter'
  const [index] = isLetter
    ? letterIn(answer, choices)
    : placeIn(answer, choices, typeof answerIs === 'object' ? answerIs.index : 0)
  if (index !== undefined) return index
  const what = isLetter ? 'the letter' : 'the place'
  throw new ValueError(`${quoted(answer)} is not ${what} of one of the ${choices.length} choices; correct it`)
}

const isSame = (one: string, other: string): boolean => one.trim().normalize() === other.trim().normalize()

const number = /^[-+]?\d+(\.\d+)?$/

/** Whether two texts are the same number: tables have 2 in one column and 2.0 in another. */
const isWorth = (one: string, other: string): boolean =>
  [one, other].every(text => number.test(text.trim())) && Number(one) === Number(other)

/** The choice of that text, which may begin with its letter itself; none where two are written alike. */
function textsAt(answer: string, choices: readonly string[]): number[] {
  const bare = choices.map((choice, index) =>
    labelAt(choice) === index ? choice.replace(label, '') : choice,
  )
  const placesIn = (texts: readonly string[], isIt: typeof isSame) =>
    texts.flatMap((text, index) => (isIt(text, answer) ? [index] : []))
  const [found = []] = [placesIn(choices, isSame), placesIn(bare, isSame), placesIn(choices, isWorth)].filter(
    places => places.length > 0,
  )
  return found.length === 1 ? found : []
}

/** The place in the alphabet of the letter that a text begins with. */
function labelAt(text: string): number | undefined {
  const [, letter] = label.exec(text) ?? []
  return letter === undefined ? undefined : letter.toUpperCase().charCodeAt(0) - 65
}

/** `B`, `b`, `(B)`, `B.`, or with the text that the choice has, `B. blue`. */
function letterIn(answer: string, choices: readonly string[]): number[] {
  const bare = answer.trim()
  const index = labelAt(/^[A-Za-z]$/.test(bare) ? `${bare}.` : bare)
  const choice = index === undefined ? undefined : choices[index]
  if (index === undefined || choice === undefined) return []
  const text = bare.length === 1 ? '' : bare.replace(label, '')
  return text === '' || isSame(text, choice) || isSame(bare, choice) ? [index] : []
}

function placeIn(answer: string, choices: readonly string[], first: number): number[] {
  const index = /^\d+(\.0+)?$/.test(answer.trim()) ? Number(answer) - first : -1
  return index in choices ? [index] : []
}
