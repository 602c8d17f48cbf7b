import { expect, test } from 'vitest'
import { isRight } from '../../answers/compare.ts'
import { heldOut } from './answer-pairs/held-out.ts'
import { keyOf, traps } from './answer-pairs/traps.ts'

/** `text` with each match of `pattern` replaced, one at a time. */
const each = (text: string, pattern: RegExp, by: (match: string) => string): string[] =>
  [...text.matchAll(pattern)].map(
    ({ 0: match, index }) => text.slice(0, index) + by(match) + text.slice(index + match.length),
  )

const swapped = (match: string) => [...match].toReversed().join('')
const among = (pairs: Record<string, string>) => (match: string) => pairs[match] ?? match

/** At infinity nothing is included, however it is written. */
const finiteBracket = /[[(](?!-?(?:\\infty|∞))|(?<!\\infty|∞|\\infty\\right)[\])]/g

const reversed = (point: string): string => {
  const [open = '', inside = '', close = ''] = /^(\\?\()(.*?)(\\?\))$/.exec(point)?.slice(1) ?? []
  return `${open}${inside.split(',').toReversed().join(',')}${close}`
}

const bracket = among({ '(': '[', '[': '(', ')': ']', ']': ')' })
const relation = among({ '<': '>', '>': '<', '\\le': '\\ge', '\\ge': '\\le', '\\leq': '<', '\\geq': '>' })
const unit = among({ cm: 'mm', km: 'm', kg: 'g', m: 'cm', hours: 'minutes', '%': ' km', $: '€' })

/** What one slip makes of an answer. Each says something else. */
const slips: Record<string, (gold: string) => string[]> = {
  // A binomial may have its like.
  'a digit': gold =>
    each(gold.includes('choose') ? '' : gold, /\d/g, digit => String((Number(digit) + 1) % 10)),
  'a sign': gold =>
    each(gold, /(?<=\d)\+(?=\d)|(?<=\d)-(?=\d)|^-(?=\d)/g, sign => (sign === '-' ? '+' : '-')),
  'a bracket': gold => (/[[(].*,.*[\])]/.test(gold) ? each(gold, finiteBracket, bracket) : []),
  'a relation': gold => each(gold, /[<>]|\\[lg]eq?\b/g, relation),
  'a unit': gold => each(gold, /(?<=\d ?)(?:cm|km|kg|m|hours|%)(?![a-z^²³])|\$(?=\d)/g, unit),
  'the order of digits': gold => each(gold, /(\d)(?!\1)\d/g, swapped),
  'the order of letters': gold => each(gold, /(?<=[a-z])([a-z])(?!\1)[a-z](?=[a-z])/g, swapped),
  'the order of a point': gold =>
    /^\\?\(.*,.*\)$/.test(gold) && !/[<>∪]|cup/.test(gold) ? [reversed(gold)] : [],
  'the number of items': gold => (/, /.test(gold) ? [gold.replace(/, [^,]*?(?=[\])}]*$)/, '')] : []),
  // Several solutions are named with either word; regions are another region with the other.
  'the word between two': gold =>
    each(/[<>]|\\[lg]e/.test(gold) ? gold : '', /\band\b|\bor\b/g, among({ and: 'or', or: 'and' })),
  'a digit that is left out': gold => each(gold, /(?<=[1-9])[1-9]/g, () => ''),
}

/** Right answers of every type, as tasks have them. */
const golds = [...traps, ...heldOut].flatMap(trap =>
  trap.tolerance ? [] : trap.right.map(([gold]) => ({ trap, gold })),
)

test.each(Object.keys(slips))('a slip in %s makes no right answer', slip => {
  const mutants = golds.flatMap(({ trap, gold }) =>
    (slips[slip]?.(gold) ?? []).filter(mutant => mutant !== gold).map(mutant => ({ trap, gold, mutant })),
  )
  const accepted = mutants.filter(({ trap, gold, mutant }) => isRight(mutant, keyOf(trap, gold)))
  expect(accepted.map(({ trap, gold, mutant }) => `${trap.type}: ${mutant} for ${gold}`)).toEqual([])
  expect(mutants.length).toBeGreaterThan(2)
})
