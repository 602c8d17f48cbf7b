import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRight } from '../../../answers/compare.ts'

const accepts = (given: string, answer: string) =>
  isRight(given, { question: 'When?', choices: null, answer, answerType: 'date', tolerance: null })

const day = fc.date({ min: new Date('1000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
const iso = (date: Date) => date.toISOString().slice(0, 10)
const parts = (date: Date, options: Intl.DateTimeFormatOptions, locale = 'en-US') =>
  new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }).format(date)

const writings: ((date: Date) => string)[] = [
  date => parts(date, { dateStyle: 'long' }),
  date => parts(date, { dateStyle: 'full' }),
  date => parts(date, { dateStyle: 'medium' }),
  date => parts(date, { dateStyle: 'long' }, 'en-GB'),
  date => parts(date, { day: '2-digit', month: '2-digit', year: 'numeric' }, 'de-DE'),
  date => iso(date).replaceAll('-', '/'),
]

test('a day is the same in every writing, and no other day is', () => {
  fc.assert(
    fc.property(
      day,
      fc.integer({ min: 1, max: 40_000 }),
      fc.constantFrom(...writings),
      (date, off, write) => {
        const other = new Date(date.getTime() + off * 86_400_000)
        expect(accepts(write(date), iso(date))).toBe(true)
        expect(accepts(iso(date), write(date))).toBe(true)
        expect(accepts(write(other), iso(date))).toBe(false)
      },
    ),
  )
})

test('with the numbers of day and month exchanged a day is right only where that changes nothing', () => {
  fc.assert(
    fc.property(day, date => {
      const [year, month = '', dayOfMonth = ''] = iso(date).split('-')
      const clear = month === dayOfMonth || Number(dayOfMonth) > 12
      expect(accepts(`${month}/${dayOfMonth}/${year}`, iso(date))).toBe(clear)
      expect(accepts(`${dayOfMonth}/${month}/${year}`, iso(date))).toBe(clear)
    }),
  )
})
