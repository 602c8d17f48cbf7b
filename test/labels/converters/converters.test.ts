import { expect, test } from 'vitest'
import { toArgilla, uuidOf } from '../../../labels/converters/argilla.ts'
import type { LabelledRow } from '../../../labels/converters/converter.ts'
import { labelStudioInterface, toLabelStudio } from '../../../labels/converters/label-studio.ts'
import { toProdigy } from '../../../labels/converters/prodigy.ts'
import { keyOf, label } from '../labels.ts'

const box = { image: 1, left: 10, top: 30, right: 60, bottom: 90 }
const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47])
const bad = label({ label: 'bad', reasons: ['wrong_answer'], note: 'It reads "7".', box })
const row: LabelledRow = {
  ...{ key: keyOf('a'), task: 'test/1', kept: true },
  ...{ question: 'How many?', answer: '7', teacherAnswer: '8', conversation: 'Turn 1: I count.' },
  facts: [
    { check: 'answer', state: 'failed' },
    { check: 'format', state: 'passed' },
    { check: 'judge', state: 'could_not_tell' },
  ],
  pictures: new Map([[1, { width: 200, height: 120, mime: 'image/png', bytes }]]),
  said: [bad, label({ by: 'Ben', label: 'unsure' })],
}

test('Prodigy gets a line for each label, and compares those of one row', () => {
  const lines = toProdigy([row])
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines.map(({ answer, _session_id }) => [answer, _session_id])).toEqual([
    ['reject', 'Ann'],
    ['ignore', 'Ben'],
  ])
  expect(new Set(lines.map(({ _input_hash }) => _input_hash)).size).toBe(1)
  expect(lines[0]).toMatchObject({
    text: expect.stringContaining('Turn 1: I count.'),
    meta: { key: row.key, task: 'test/1', reasons: ['wrong_answer'], note: 'It reads "7".', box },
    _timestamp: Date.parse('2026-11-30T09:00:00Z') / 1000,
  })
  for (const { _input_hash } of lines) expect(_input_hash | 0).toBe(_input_hash)
})

test('Label Studio gets boxes in percent, and every name that its interface has', () => {
  const [task] = JSON.parse(toLabelStudio([row]))
  expect(task.data).toMatchObject({ question: 'How many?', picture: 'data:image/png;base64,iVBORw==' })
  const [first, second] = task.annotations
  expect(first.result).toContainEqual({
    ...{ id: 'box', from_name: 'box', to_name: 'picture', type: 'rectanglelabels' },
    ...{ original_width: 200, original_height: 120, image_rotation: 0 },
    value: { x: 5, y: 25, width: 25, height: 50, rotation: 0, rectanglelabels: ['fault'] },
  })
  expect(first.result).toContainEqual(expect.objectContaining({ value: { choices: ['bad'] } }))
  expect(second.result.map(({ from_name }: { from_name: string }) => from_name)).toEqual(['label', 'note'])
  for (const { from_name, to_name } of first.result)
    expect(labelStudioInterface).toMatch(new RegExp(`name="${from_name}" toName="${to_name}"`))
  for (const name of ['question', 'conversation', 'answer', 'picture']) expect(task.data).toHaveProperty(name)
})

test('a row whose picture is not there has no box for Label Studio, and a picture of one pixel', () => {
  const [task] = JSON.parse(toLabelStudio([{ ...row, pictures: new Map() }]))
  expect(task.data.picture).toMatch(/^data:image\/gif/)
  expect(JSON.stringify(task.annotations)).not.toContain('rectanglelabels')
})

test('Argilla gets what people said as responses and what checks found as a suggestion', () => {
  const [record] = JSON.parse(toArgilla([row]))
  expect(record).toMatchObject({
    id: row.key,
    suggestions: { label: { value: 'bad', agent: 'checks' } },
    responses: {
      label: [
        { value: 'bad', user_id: uuidOf('Ann') },
        { value: 'unsure', user_id: uuidOf('Ben') },
      ],
      note: [{ value: 'It reads "7".', user_id: uuidOf('Ann') }],
    },
    metadata: { task: 'test/1', kept: 'kept', failed: ['answer'], reasons: ['wrong_answer'] },
  })
})

/** As Python's `uuid.uuid5(uuid.NAMESPACE_X500, name)` gives them. */
test.each([
  ['Ann', '77f94f99-f278-5aa9-b14d-d5acc4b6fb35'],
  ['Zoë Müller', 'd6dc3b56-c6c0-504f-acec-273c3a8ae81a'],
])('the UUID of %s is the same everywhere', (name, uuid) => {
  expect(uuidOf(name)).toBe(uuid)
})
