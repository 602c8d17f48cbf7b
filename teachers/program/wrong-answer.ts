import type { Conversation } from './conversation.ts'
import { pick } from './random.ts'

type Luck = [string, number, number]

const opposites = [
  ['yes', 'no'],
  ['true', 'false'],
  ['left', 'right'],
] as const

/** An answer that is wrong and could be believed: another option, a number that is off, the other side, another name that was seen. */
export function wrongAnswer(answer: string, conversation: Conversation, luck: Luck): string {
  const option = otherOption(answer, conversation.question, luck)
  if (option) return option
  const number = /\d+(?:,\d{3})*(?:\.\d+)?/.exec(answer)
  if (number) return answer.replace(number[0], wrongNumber(number[0], luck))
  return opposite(answer) ?? otherName(answer, conversation, luck)
}

function wrongNumber(text: string, luck: Luck): string {
  const value = Number(text.replaceAll(',', ''))
  const decimals = text.split('.')[1]?.length ?? 0
  if (decimals === 0 && value <= 20) return String(value + pick([1, 2], 'off', ...luck))
  const factor = pick([0.8, 0.9, 1.1, 1.25], 'off', ...luck)
  const wrong = (value * factor).toFixed(decimals)
  return Number(wrong) === value ? (value + 10 ** -decimals).toFixed(decimals) : wrong
}

function opposite(answer: string): string | null {
  for (const [one, other] of opposites) {
    if (answer.toLowerCase() === one) return like(answer, other)
    if (answer.toLowerCase() === other) return like(answer, one)
  }
  return null
}

const like = (example: string, word: string): string =>
  /^[A-Z]/.test(example) ? `${word[0]?.toUpperCase()}${word.slice(1)}` : word

/** Options stand in the question one a line, as `A. red`; the answer is the letter or the words. */
function otherOption(answer: string, question: string, luck: Luck): string | null {
  const options = [...question.matchAll(/^([A-Z])\. (.+)$/gm)]
  const given = options.find(([, letter, words]) => letter === answer || words === answer)
  const [first, ...others] = options.filter(option => option !== given)
  if (!given || !first) return null
  return pick([first, ...others], 'option', ...luck)[given[1] === answer ? 1 : 2] ?? null
}

/** A capitalised name from what came back last, or from a few that are always at hand. */
function otherName(answer: string, { turns }: Conversation, luck: Luck): string {
  const last = turns.findLast(calls => calls.length > 0)?.map(call => call.text) ?? []
  const seen =
    last
      .join('\n')
      .replace(/ — .*/g, '')
      .match(/\b[A-Z][a-z]{3,}(?: [A-Z][a-z]{3,})*/g) ?? []
  const names = [...seen, 'Lisbon', 'Valletta'].filter(name => !alike(name, answer))
  return pick([names[0] ?? 'Windhoek', ...names.slice(1)], 'name', ...luck)
}

const alike = (one: string, other: string): boolean => {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()]
  return a.includes(b) || b.includes(a) || /^(found|results?|flag|images?)\b/.test(a)
}
