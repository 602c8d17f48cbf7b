import { expect, test } from 'vitest'
import { mentions } from '../../../../teachers/program/skills/mentions.ts'

test('names are found in the order of the text, each as often as it is there', () => {
  const text = 'Compare Male, Gentoo with Female, Gentoo.'
  expect(mentions(text, ['Gentoo', 'Adelie'])).toEqual(['Gentoo', 'Gentoo'])
  expect(mentions(text, ['Female', 'Male'])).toEqual(['Male', 'Female'])
})

test('a longer name wins over one inside it', () => {
  expect(mentions('What is the value for South Carolina?', ['Carolina', 'South Carolina'])).toEqual([
    'South Carolina',
  ])
})

test('a misread letter does not hide a long name, but numbers and codes must be the same', () => {
  expect(mentions('the value for Czech Republic', ['Czech Repubiic'])).toEqual(['Czech Repubiic'])
  expect(mentions('the value for Massachusetts', ['Massachusefts'])).toEqual(['Massachusefts'])
  expect(mentions('the value for 1985', ['1986', '1985'])).toEqual(['1985'])
  expect(mentions('the value for CA', ['GA'])).toEqual([])
})

test('a code in capitals is not the small word spelt like it', () => {
  expect(mentions('In the chart, what is the rate in OH or so?', ['IN', 'OR', 'OH'])).toEqual(['OH'])
})
