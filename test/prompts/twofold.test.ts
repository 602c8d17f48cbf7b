import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { promptFrom } from '../../prompts/prompt.ts'
import { promptFor, twofold } from '../../prompts/twofold.ts'

const names = readdirSync(join(import.meta.dirname, '../../prompts/without-images')).map(file =>
  file.replace(/\.md$/, ''),
)

const blanks = (template: string) => [...template.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name)

/** It may say that none is there, or that what code draws is shown. */
const spokenOf = (template: string) =>
  template.replaceAll(/such as a picture that is not there/g, '').match(/\b(?:images?|pictures?|visual)\b.*/i)

test.each(names)('the words of %s for a question without images speak of none, and say the rest', name => {
  const both = twofold(name)
  const without = promptFor(0, both)
  expect(without).not.toBe(both)
  expect(spokenOf(both.template)).not.toBeNull()
  expect(spokenOf(without.template)).toBeNull()
  expect(blanks(without.template)).toEqual(blanks(both.template).filter(blank => blank !== 'images'))
  expect(promptFor(1, both)).toBe(both)
})

test('a prompt of one’s own is the same for both, unless it has another', () => {
  const own = promptFrom('own', 'Solve it.')
  expect(promptFor(0, own)).toBe(own)
  const other = promptFrom('other', 'Solve it in words.')
  expect(promptFor(0, { ...own, withoutImages: other })).toBe(other)
})
