import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prompt, promptFrom } from '../../prompts/prompt.ts'
import { sha256 } from '../../schemas/hash.ts'
import { temporaryFolder } from '../fixtures.ts'

test('every blank is filled, as often as it stands there', () => {
  const filled = promptFrom('p', 'Dear {{name}}, {{greeting}}, {{name}}!').fill({
    name: 'Ada',
    greeting: 'hello',
  })
  expect(filled).toBe('Dear Ada, hello, Ada!')
})

test('what is filled in stays as it is', () => {
  const hostile = '{{greeting}} $& $1 $$ {{'
  expect(promptFrom('p', '{{name}} {{greeting}}').fill({ name: hostile, greeting: 'x' })).toBe(`${hostile} x`)
})

test('a blank without a value and a value without a blank are refused by name', () => {
  const greeting = promptFrom('greeting', 'Dear {{name}}')
  expect(() => greeting.fill({})).toThrow('prompt greeting needs a value for name')
  expect(() => greeting.fill({ name: 'Ada', age: '3' })).toThrow('prompt greeting has no blank for age')
  expect(() => promptFrom('p', '{{constructor}}').fill({})).toThrow('prompt p needs a value for constructor')
})

test('an empty value is a value', () => {
  expect(promptFrom('p', 'a{{b}}c').fill({ b: '' })).toBe('ac')
})

test('another text has another hash, and filling changes none', () => {
  const greeting = promptFrom('greeting', 'Dear {{name}}')
  greeting.fill({ name: 'Ada' })
  expect(greeting.sha256).toBe(sha256('Dear {{name}}'))
  expect(promptFrom('greeting', 'dear {{name}}').sha256).not.toBe(greeting.sha256)
})

test('a user’s own file is read without its last line end', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'mine.md')
  writeFileSync(file, '\nAnswer: {{question}}\n\n')
  expect(prompt('mine', file)).toMatchObject({ name: 'mine', template: '\nAnswer: {{question}}' })
})

const own = readdirSync(new URL('../../prompts', import.meta.url)).filter(file => file.endsWith('.md'))

test.each(own)('%s has blanks of words only', file => {
  const { template } = prompt(file.slice(0, -'.md'.length))
  expect(template.replace(/\{\{\w+\}\}/g, '')).not.toMatch(/\{\{|\}\}/)
  expect(template).not.toBe('')
})
