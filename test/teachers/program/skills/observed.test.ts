import { expect, test } from 'vitest'
import { imagesIn, resultsIn, sectionOf } from '../../../../teachers/program/skills/observed.ts'

test('results of a text search are read with their text', () => {
  const text =
    'Found 2 results for "Niger area":\n\n1. Niger — Geography — Area (id: africa/ng#Geography/Area)\ntotal: 1.267 million sq km\n\n2. Mali — Geography — Area (sq km) (id: africa/ml#Geography/Area (sq km))\ntotal: 1.24 million sq km'
  expect(resultsIn(text)).toEqual([
    { title: 'Niger — Geography — Area', text: 'total: 1.267 million sq km' },
    { title: 'Mali — Geography — Area (sq km)', text: 'total: 1.24 million sq km' },
  ])
})

test('results of an image search are read in their order', () => {
  const text =
    'Found 2 results for image_1:\n\n1. image_2: Flag of Niger (id: ne)\n2. image_3: Flag of Falkland Islands (Islas Malvinas) (id: fk)'
  expect(resultsIn(text).map(({ title }) => title)).toEqual([
    'image_2: Flag of Niger',
    'image_3: Flag of Falkland Islands (Islas Malvinas)',
  ])
})

test('nothing found gives no results', () => {
  expect(resultsIn('Found no results for "x". Try other words.')).toEqual([])
})

test('sections of what Python returned are told apart', () => {
  const text = "stdout:\n21.6\n\n2nd line\n\nresult:\n'ok'\n\nImages: image_2 (8x6), image_3 (8x6)"
  expect(sectionOf(text, 'stdout')).toBe('21.6\n\n2nd line')
  expect(sectionOf(text, 'result')).toBe("'ok'")
  expect(sectionOf(text, 'error')).toBeNull()
  expect(imagesIn(text)).toEqual(['image_2', 'image_3'])
})
