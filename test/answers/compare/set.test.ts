import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRight } from '../../../answers/compare.ts'

const accepts = (given: string, answer: string) =>
  isRight(given, { question: 'Which?', choices: null, answer, answerType: 'set', tolerance: null })

const word = fc.stringMatching(/^[b-z]{2,8}$/).filter(text => text !== 'or')
const items = fc.uniqueArray(word, { minLength: 2, maxLength: 6 })

const writings: ((items: string[]) => string)[] = [
  items => items.join(', '),
  items => items.join('; '),
  items => `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`,
  items => `${items.slice(0, -1).join(', ')}, and ${items.at(-1)}`,
  items => `{${items.join(',')}}`,
  items => JSON.stringify(items),
  items => items.map(item => `- ${item}`).join('\n'),
  items => items.join(', ').toUpperCase(),
]

test('a list is the same in any order and writing, and not with an item more, less or instead', () => {
  fc.assert(
    fc.property(items, word, fc.constantFrom(...writings), fc.gen(), (items, extra, write, draw) => {
      fc.pre(!items.includes(extra))
      const shuffled = draw(() => fc.shuffledSubarray(items, { minLength: items.length }))
      const answer = items.join(', ')
      expect(accepts(write(shuffled), answer)).toBe(true)
      expect(accepts(answer, write(shuffled))).toBe(true)
      expect(accepts(write([...shuffled, extra]), answer)).toBe(false)
      expect(accepts(write([...shuffled, shuffled[0] ?? '']), answer)).toBe(false)
      expect(accepts(write([extra, ...shuffled.slice(1)]), answer)).toBe(false)
    }),
  )
})
