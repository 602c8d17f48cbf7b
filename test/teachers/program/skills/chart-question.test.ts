import { expect, test } from 'vitest'
import { type Reading, solve } from '../../../../teachers/program/skills/chart-question.ts'

const readings = (values: Record<string, number>): Reading[] =>
  Object.entries(values).map(([key, value]) => {
    const [series = '', label] = key.split(' | ')
    return label ? { key, series, label, value } : { key, series: '', label: series, value }
  })

const countries = readings({ Norway: 60, 'Czech Republic': 30, Rwanda: 2 })
const penguins = readings({
  'Male | Adelie': 40,
  'Female | Adelie': 37,
  'Male | Gentoo': 49,
  'Female | Gentoo': 45,
})

const codeOf = (question: string, of = countries) => {
  const solution = solve(question, of)
  return solution?.kind === 'calculate' ? solution.code : solution
}

test('a value is read off', () => {
  expect(solve('What value does the chart show for Czech Republic?', countries)).toMatchObject({
    answer: '30',
  })
})

test('with several series the one named beside the label counts', () => {
  expect(solve('What value does the chart show for Female, Gentoo?', penguins)).toMatchObject({
    answer: '45',
  })
  expect(solve('What is the mean body mass of Adelie (Male) in the chart?', penguins)).toMatchObject({
    answer: '40',
  })
})

test('an extreme is looked for in the series that is named', () => {
  expect(solve('Which country has the lowest income in the chart?', countries)).toMatchObject({
    answer: 'Rwanda',
  })
  expect(solve('Which species has the largest beak for Female?', penguins)).toMatchObject({
    answer: 'Gentoo',
  })
})

test('differences and ratios are calculated from the two readings that are named', () => {
  const exceed = codeOf('By how much does the value for Norway exceed the value for Rwanda in the chart?')
  expect(exceed).toContain('["Norway","Rwanda"]')
  expect(exceed).toContain('abs(values[0] - values[1])')
  expect(
    codeOf(
      'In the chart, what is the ratio of the value for Male, Gentoo to the value for Male, Adelie?',
      penguins,
    ),
  ).toContain('["Male | Gentoo","Male | Adelie"]')
})

test('how many times A is B divides B by A', () => {
  const code = codeOf('How many times the value for Rwanda is the value for Norway in the chart?')
  expect(code).toContain('["Rwanda","Norway"]')
  expect(code).toContain('values[1] / values[0]')
})

test('sums, averages, ranges and counts take all readings, or those of the named series', () => {
  expect(codeOf('What is the sum of the values of all countries in the chart?')).toContain('sum(values)')
  expect(codeOf('What is the average value over all species in the chart for Male?', penguins)).toContain(
    '["Male | Adelie","Male | Gentoo"]',
  )
  expect(codeOf('What is the difference between the highest and the lowest value in the chart?')).toContain(
    'max(values) - min(values)',
  )
  expect(codeOf('How many countries in the chart have a value below 1,000?')).toContain('value < 1000')
})

test('what is not among the readings has no solution', () => {
  expect(solve('What value does the chart show for Brazil?', countries)).toBeNull()
  expect(solve('What is the difference between Norway and Brazil in the chart?', countries)).toBeNull()
})
