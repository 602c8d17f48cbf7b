import { type Mathematics, mathematics } from '../reading/mathematics.ts'
import { bare, bareInFonts, tidy } from '../reading/plain.ts'
import { asksForWritten } from '../reading/question.ts'
import type { AnswerKey } from './key.ts'

/** `x = 5` as `5` where the question asks for x, `f(2) = 13` as `13` where it asks for f(2). */
export function unlabelled(text: string, question: string): Mathematics | null {
  const [left = '', right, ...more] = bare(text).split(/(?<![<>!:=])=(?!=)/)
  if (right === undefined || more.length > 0) return null
  const sides = [left.trim(), right.trim()] as const
  const [name = '', body = ''] = [sides, sides.toReversed()].find(([name]) => isAsked(name, question)) ?? []
  return name === '' ? null : mathematics(body)
}

const isAsked = (name = '', question: string): boolean =>
  /\p{L}/u.test(name) && (asksForWritten(name, question) || isSolved(name, question))

/** `AB = 13`, `S_1:S_2 = 7:32`: what geometry names by capitals alone is no unknown that is left to be solved. */
export function unnamed(text: string): string {
  const [, name = '', body = ''] = /^([^=<>]+?)=([^=<>]+)$/.exec(bareInFonts(text)) ?? []
  const plain = name.replace(/\\[a-zA-Z]+|_(?:\w|\{\w+\})/g, '')
  return /^[A-Z|:{}() ]+$/.test(plain) && (plain.match(/[A-Z]/g)?.length ?? 0) > 1 ? body.trim() : text
}

/** Whether there is no other unknown whose value it could be: an equation is solved for its own. */
function isSolved(label: string, question: string): boolean {
  const letters = tidy(question).match(/(?<![A-Za-z\\'])(?:[b-zB-HJ-Z]|[A-Z]{2,})(?![A-Za-z'])/g) ?? []
  const isNamed = letters.length === 0 || /\bsol(?:ve|utions?)\b/i.test(question)
  const isLabel = /^\\?[a-zA-Z]+(?:_(?:\w|\{\w+\}))?$/.test(label.trim())
  return isLabel && isNamed && letters.every(letter => letter === label.trim())
}

/** Whether an answer says of itself what it is. */
export const hasName = ({ kind }: Mathematics): boolean => ['labelled', 'relation', 'joined'].includes(kind)

type Pair = [claim: Mathematics, truth: Mathematics]

/** `5` for `x = 5`, `x = 5` for `5` where the question asks for it, and `x = 1, y = 2` for `(1, 2)`. */
export function paired(claim: Mathematics, truth: Mathematics, { question }: AnswerKey): Pair {
  if (
    truth.kind === 'labelled' &&
    claim.kind !== 'labelled' &&
    claim.kind !== 'relation' &&
    claim.kind !== 'joined'
  )
    return [claim, truth.body]
  if (claim.kind === 'labelled' && !hasName(truth) && isAsked(claim.label, question))
    return [claim.body, truth]
  const plain = isPlain(claim) ? withoutLabels(truth, question) : null
  if (plain) return [claim, plain]
  const bare = isPlain(truth) ? withoutLabels(claim, question) : null
  if (bare) return [bare, truth]
  if (truth.kind === 'list') return [coordinates(claim, question) ?? claim, truth]
  if (claim.kind === 'list') return [claim, coordinates(truth, question) ?? truth]
  return [claim, truth]
}

/** Several values without a name or a bracket. */
const isPlain = (of: Mathematics): boolean =>
  (of.kind === 'list' && of.open === '') ||
  (of.kind === 'set' && of.items.every(({ kind }) => kind === 'value'))

/** `x = 1, y = 2` as `1, 2`, unless the question names y before x. */
function withoutLabels(of: Mathematics, question: string): Mathematics | null {
  const items = of.kind === 'set' ? of.items : []
  const labelled = items.flatMap(item => (item.kind === 'labelled' ? [item] : []))
  if (labelled.length === 0 || labelled.length < items.length) return null
  const places = labelled.map(({ label }) =>
    tidy(question).search(new RegExp(`(?<![A-Za-z])${label.replace(/\W/g, '\\$&')}(?![A-Za-z])`)),
  )
  const inPlace = places.every(
    (place, index) => index === 0 || place < 0 || place > (places[index - 1] ?? -1),
  )
  return inPlace ? { kind: 'list', open: '', close: '', items: labelled.map(({ body }) => body) } : null
}

/** `x = 1, y = 2` in the order in which the question names `(x, y)`, or of the alphabet for x, y and z. */
function coordinates(of: Mathematics, question: string): Mathematics | null {
  if (of.kind !== 'set' || of.items.length < 2) return null
  const values = new Map(
    of.items.map(item => (item.kind === 'labelled' ? [item.label, item.body] : ['', item])),
  )
  const names = [...values.keys()]
  const asked = tidy(question)
    .match(/\(\s*[a-z](?:\s*,\s*[a-z])+\s*\)/gi)
    ?.at(-1)
    ?.match(/[a-z]/gi)
  const order = asked ?? (names.every(name => /^[xyz]$/.test(name)) ? names.toSorted() : [])
  const items = order.flatMap(name => values.get(name) ?? [])
  const isWhole = items.length === of.items.length && items.length === order.length
  return isWhole ? { kind: 'list', open: '(', close: ')', items } : null
}
