import { expect, test } from 'vitest'
import type { Conversation } from '../../../teachers/program/conversation.ts'
import { wrongAnswer } from '../../../teachers/program/wrong-answer.ts'

const conversation = (text: string): Conversation => ({
  task: 'task',
  question: 'What?',
  images: 1,
  tools: ['python'],
  turns: [[{ name: 'text_search', arguments: {}, text }]],
})

const wrong = (answer: string, sample = 0, text = '') =>
  wrongAnswer(answer, conversation(text), ['task', sample, 2])

const samples = Array.from({ length: 20 }, (_, sample) => sample)

test.each([
  ['7', /^(8|9)$/],
  ['21.6', /^\d+\.\d$/],
  ['1,191', /^\d+$/],
  ['left 1191', /^left \d+$/],
  ['(5,6)', /^\(\d+,6\)$/],
  ['0.004', /^0\.\d{3}$/],
  ['yes', /^no$/],
  ['False', /^True$/],
])('instead of %s it says something of the same form', (answer, form) => {
  for (const sample of samples) {
    expect(wrong(answer, sample)).toMatch(form)
    expect(wrong(answer, sample)).not.toBe(answer)
  }
})

test('instead of an option it takes another one, in words or by its letter', () => {
  const question = 'Which?\n\nOptions:\nA. 4\nB. dark red\nC. 7'
  const other = (answer: string, sample: number) =>
    wrongAnswer(answer, { ...conversation(''), question }, ['task', sample, 2])
  for (const sample of samples) {
    expect(other('dark red', sample)).toMatch(/^[47]$/)
    expect(other('4', sample)).toMatch(/^(dark red|7)$/)
    expect(other('B', sample)).toMatch(/^[AC]$/)
  }
})

test('a large number is off by more than a tolerance would forgive', () => {
  for (const sample of samples) {
    expect(Math.abs(Number(wrong('1203.4', sample)) / 1203.4 - 1)).toBeGreaterThan(0.05)
  }
})

test('instead of a name it says another name that it saw', () => {
  const seen = 'Found 2 results:\n\n1. Niger — Government — Capital\nname: Niamey\n\n2. Nigeria\nname: Abuja'
  for (const sample of samples) {
    expect(wrong('Niamey', sample, seen)).toMatch(/^(Niger|Nigeria|Abuja|Lisbon|Valletta)$/)
  }
})
