import { expect, test } from 'vitest'
import type { SeenStep, Step } from '../../../../teachers/program/skill.ts'
import { flags } from '../../../../teachers/program/skills/flags.ts'

const capital = 'What is the capital of the country whose flag is shown?'
const compare =
  "Two flags are shown side by side. Which country has the longer coastline, the one on the left or the one on the right, and by how many kilometres? Answer as 'left N' or 'right N'."

/** The next step after these observations, the calls being whatever the skill itself makes. */
function after(question: string, ...texts: string[]): Step {
  const steps: SeenStep[] = []
  for (const text of texts) {
    const step = flags.next({ question, images: 1, tools: [], steps })
    if (step.kind !== 'call') throw new Error(`it ended early: ${step.thought}`)
    steps.push({ name: step.name, arguments: step.arguments, text })
  }
  return flags.next({ question, images: 1, tools: [], steps })
}

const flagOf = (...countries: string[]) =>
  `Found ${countries.length} results for image_1:\n\n${countries.map((name, index) => `${index + 1}. image_${index + 2}: Flag of ${name} (id: x/${index})`).join('\n')}`

const passages = (...results: [title: string, text: string][]) =>
  `Found ${results.length} results for "it":\n\n${results.map(([title, text], index) => `${index + 1}. ${title} (id: x#${index})\n${text}`).join('\n\n')}`

test('it answers with the field of the right country, not with what ranks first', () => {
  const found = passages(
    ['Nigeria — Government — Capital', 'name: Abuja; geographic coordinates: 9 05 N'],
    ['Niger — Government — Country name', 'conventional short form: Niger'],
    ['Niger — Government — Capital', 'name: Niamey; geographic coordinates: 13 31 N'],
  )
  expect(after(capital, flagOf('Niger', 'India'), found)).toMatchObject({ kind: 'answer', answer: 'Niamey' })
})

test('it takes a territory that flies the flag of its country for that country', () => {
  const next = after(capital, flagOf('Saint Barthelemy', 'Mayotte', 'France', 'Chad'))
  expect(next).toMatchObject({ name: 'text_search', arguments: { query: 'France capital name' } })
})

test('it asks once more, under another name where the first is not known', () => {
  const nothing = passages(['Mali — Government — Capital', 'name: Bamako'])
  const next = after(capital, flagOf('Ivory Coast'), nothing)
  expect(next).toMatchObject({ arguments: { query: "Cote d'Ivoire capital name" } })
  const found = passages(["Cote d'Ivoire — Government — Capital", 'name: Yamoussoukro; note: …'])
  expect(after(capital, flagOf('Ivory Coast'), nothing, found)).toMatchObject({ answer: 'Yamoussoukro' })
  expect(after(capital, flagOf('Ivory Coast'), nothing, nothing)).toMatchObject({ kind: 'give_up' })
})

test('without a flag that it can name it gives up', () => {
  expect(after(capital, 'Found no results for image_1. Try other words.')).toMatchObject({ kind: 'give_up' })
})

test('two flags in one image are cut apart, searched for, looked up and compared in Python', () => {
  const crops = 'stdout:\nsize 680x240\n\nImages: image_2 (320x240), image_3 (320x240)'
  expect(after(compare, crops)).toMatchObject({ name: 'image_search', arguments: { image: 'image_2' } })
  expect(after(compare, crops, flagOf('Chile'))).toMatchObject({ arguments: { image: 'image_3' } })
  const texts = [
    crops,
    flagOf('Chile'),
    flagOf('Eritrea'),
    passages(['Chile — Geography — Coastline', '6,435 km']),
    passages([
      'Eritrea — Geography — Coastline',
      '2,234 km (mainland on Red Sea 1,151 km; islands 1,083 km)',
    ]),
  ]
  const sum = after(compare, ...texts)
  expect(sum).toMatchObject({ kind: 'call', name: 'python' })
  expect(sum.kind === 'call' && sum.arguments.code).toBe(
    [
      'left_coastline = 6435',
      'right_coastline = 2234',
      'more = "left" if left_coastline > right_coastline else "right"',
      "print(more, f'{abs(left_coastline - right_coastline):.12g}')",
    ].join('\n'),
  )
  expect(after(compare, ...texts, 'stdout:\nleft 4201')).toMatchObject({ answer: 'left 4201' })
  expect(after(compare, ...texts, 'error:\nNameError')).toMatchObject({ kind: 'give_up' })
})

test('a rationale says what was just seen', () => {
  expect(after(capital, flagOf('Chad'))).toMatchObject({ thought: expect.stringContaining('Chad') })
})
