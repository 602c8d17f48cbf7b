import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { drawings } from '../../examples/demo/drawings.ts'
import { splitGuard } from '../../filters/split-guard.ts'
import { selectorConformance } from '../conformance/selector.ts'
import { temporaryFolder } from '../fixtures.ts'
import { kept, keyOf, type RowChanges, row, select } from './selecting.ts'

const folder = await temporaryFolder()
afterAll(() => folder[Symbol.asyncDispose]())

const drafts = await Array.fromAsync(drawings({ seed: 20260101, count: 3 }).read())
const images = drafts.flatMap(draft =>
  'images' in draft
    ? draft.images.flatMap(image => ('bytes' in image ? [Buffer.from(image.bytes)] : []))
    : [],
)
const [held, free] = await Promise.all(images.map(kept))
if (!held || !free || !images[0]) throw new Error('a drawing is missing')

await writeFile(join(folder.path, 'held.png'), images[0])
const lines = [
  { question: 'How often do the two lines meet, from left to right?', image: 'held.png' },
  ...Array.from({ length: 11 }, () => ({ question: 'How many squares are there?', image: 'held.png' })),
]
const files = join(folder.path, 'held.jsonl')
await writeFile(files, lines.map(line => JSON.stringify(line)).join('\n'))
const selector = splitGuard({ heldOut: [{ name: 'validation', files, images: 'image' }] })

const asks = (question: string, image = free): RowChanges => ({ task: { question, images: [image] } })

describe('splitGuard', () => {
  const rows = [row('a', asks('Why?')), row('b', asks('Why?', held))]
  selectorConformance({ selector, rows, rejected: [keyOf('b')], images })
})

test.each<[string, RowChanges, string | null]>([
  ['a held-out image', asks('Which line is red?', held), 'held_out_image'],
  ['a held-out question', asks('how often do the two lines meet, from left to right'), 'held_out_question'],
  [
    'nearly that question',
    asks('So how often do the two lines meet, from left to right?'),
    'held_out_question',
  ],
  ['that question with a number', asks('How often do the 2 lines meet, from left to right?'), null],
  ['another question and image', asks('Which line is the longer one of the two?'), null],
  ['a question that is asked of many images', asks('How many squares are there?'), null],
])('%s', async (_, changes, reason) => {
  const { rejected } = await select(selector, [row('a', changes)], images)
  expect(rejected.map(each => each.reason)).toEqual(reason ? [reason] : [])
})

test('a missing file is refused before anything is spent', async () => {
  const missing = splitGuard({ heldOut: join(folder.path, 'none*.jsonl') })
  await expect(missing.ready?.()).rejects.toThrow(/benchmarks: .*none\*\.jsonl: no file matches it/)
})
