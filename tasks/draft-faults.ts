import { isMathematics } from '../answers/compare/math.ts'
import { datesOf } from '../answers/reading/dates.ts'
import { itemsOf } from '../answers/reading/items.ts'
import { shortened } from '../schemas/input-error.ts'
import type { Json } from '../schemas/json.ts'
import type { AnswerType } from '../schemas/task.ts'
import { excerpt } from '../words/excerpt.ts'
import { numberOf } from '../words/numerals.ts'
import { mostLevels } from './exact-json.ts'
import type { TaskDraft } from './source.ts'

/** Everything that makes a draft useless as a task, whatever source it came from: `field: what; what to do`. */
export function faultsOf(draft: TaskDraft): string[] {
  return [
    ...emptyFields(draft),
    ...badText(draft),
    ...badChoices(draft),
    ...badAnswer(draft),
    ...deepMeta(draft),
  ]
}

function emptyFields({ id, question, images, wordsAlone = false, answer }: TaskDraft): string[] {
  const faults: string[] = []
  if (id.trim() === '') faults.push('id: is empty; give the row an id, or do not map id')
  if (question.trim() === '') faults.push('question: is empty; write the question or remove the row')
  if (images.length === 0 && !wordsAlone)
    faults.push(
      "images: there is none; add an image, remove the row, or set images: 'optional' if questions may do without",
    )
  if (answer.trim() === '') faults.push('answer: there is none; add the answer or remove the row')
  return faults
}

function badText({ id, question, answer, choices, category, source }: TaskDraft): string[] {
  const texts = { question, answer, category, choices: (choices ?? []).join(''), ...inSource(source) }
  const faults = Object.entries(texts)
    .filter(([, text]) => text.includes('\0') || !text.isWellFormed())
    .map(([field]) => `${field}: has a NUL character or half a surrogate pair; correct the text`)
  if (/\p{Cc}/u.test(id) || !id.isWellFormed())
    faults.push('id: has control characters; write it without them')
  return faults
}

const inSource = ({ name, licence, url = '' }: TaskDraft['source']) => ({
  'source.name': name,
  'source.licence': licence,
  'source.url': url,
})

function badChoices({ choices, answerType, answer }: TaskDraft): string[] {
  if (choices === null) {
    return answerType === 'choice' ? ['choices: there are none, but the answer type is choice; map them'] : []
  }
  if (choices.length < 2) return ['choices: there is only one; give at least two, or none']
  if (choices.some(choice => choice.trim() === '')) return ['choices: one is empty; correct the row']
  const seen = new Set<string>()
  const twice = choices.find(choice => seen.size === seen.add(choice.normalize()).size)
  if (twice !== undefined) return [`choices: ${excerpt(twice)} is there twice; correct the row`]
  const answers = answerType === 'set' ? itemsOf(answer) : [answer]
  const known = new Set(choices)
  if (answer.trim() === '' || answers.every(item => known.has(item))) return []
  const all = shortened(choices.map(choice => excerpt(choice)).join(', '), 300)
  return [`answer: ${excerpt(answer)} is not one of the choices ${all}; correct it`]
}

const deepMeta = ({ meta }: TaskDraft): string[] =>
  isDeeper(meta, mostLevels) ? [`meta: is nested deeper than ${mostLevels} levels; make it flatter`] : []

const isDeeper = (value: Json, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some(item => isDeeper(item, levels - 1)))

const plainNumber = /^[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(e[-+]?\d+)?$/i

/** Answer types that need an answer of a certain form: what else is said of it and what to do. */
const forms: Partial<Record<AnswerType, { holds: (answer: string) => boolean; cure: string }>> = {
  number: {
    holds: isNumber,
    cure: 'is not a number; write it in digits, or use answer type text',
  },
  boolean: {
    holds: answer => /^(true|false)$/i.test(answer),
    cure: 'is not true or false; translate it with values, or use answer type text',
  },
  math: {
    holds: isMathematics,
    cure: 'cannot be read as mathematics; write it in LaTeX without words, or use answer type text',
  },
  date: {
    holds: answer => datesOf(answer).length === 1,
    cure: 'is not one date; write it as 2020-03-12, 2020-03 or 2020, or use answer type text',
  },
  set: {
    holds: answer => itemsOf(answer).length > 0,
    cure: 'has an empty item; write the items with commas or semicolons between them',
  },
}

function badAnswer({ answer, answerType }: TaskDraft): string[] {
  const form = forms[answerType]
  if (answer.trim() === '' || !form || form.holds(answer.trim())) return []
  return [`answer: ${excerpt(answer)} ${form.cure}`]
}

const ends = /^(?:between (\S+) and (\S+)|(?:from )?(\S+) to (\S+)|([\d.,]+) ?[-–] ?([\d.,]+))$/i

/** Digits, or a range of them from the lower to the higher. */
function isNumber(answer: string): boolean {
  const [low, high, ...more] = ends.exec(answer)?.slice(1).filter(Boolean) ?? [answer]
  if (!low || !isPlainNumber(low)) return false
  return high === undefined || (isPlainNumber(high) && more.length === 0 && numberOf(low) < numberOf(high))
}

const isPlainNumber = (text: string): boolean => plainNumber.test(text) && /\d/.test(text)
