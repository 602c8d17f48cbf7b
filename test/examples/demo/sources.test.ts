import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { charts } from '../../../examples/demo/charts.ts'
import { drawings } from '../../../examples/demo/drawings.ts'
import type { TaskDraft, TaskSource } from '../../../tasks/source.ts'

async function draftsOf(source: TaskSource): Promise<TaskDraft[]> {
  const drafts: TaskDraft[] = []
  for await (const draft of source.read()) {
    if (!('question' in draft)) throw new Error(draft.problem)
    drafts.push(draft)
  }
  return drafts
}

const pictureOf = ({ images: [image] }: TaskDraft) => {
  if (!image || !('bytes' in image)) throw new Error('a drawn task has its picture')
  return image.bytes
}

describe.for([
  { name: 'drawings', source: drawings, category: 'perception' },
  { name: 'charts', source: charts, category: 'reasoning' },
])('$name', ({ source, category }) => {
  test('are the same bytes for the same seed, and others for another', async () => {
    const [first, again, other] = await Promise.all(
      [3, 3, 4].map(seed => draftsOf(source({ seed, count: 12 }))),
    )
    expect(again).toEqual(first)
    expect(other?.map(pictureOf)).not.toEqual(first?.map(pictureOf))
  })

  test('come in as many as are asked for, and the first ones stay when there are more', async () => {
    const some = await draftsOf(source({ seed: 1, count: 5 }))
    const more = await draftsOf(source({ seed: 1, count: 8 }))
    expect(some).toHaveLength(5)
    expect(more.slice(0, 5)).toEqual(some)
  })

  test('are modest pictures, each with its own id, none of which tells the answer', async () => {
    const drafts = await draftsOf(source({ seed: 2, count: 24 }))
    expect(new Set(drafts.map(draft => draft.id)).size).toBe(24)
    for (const draft of drafts) {
      expect(draft.category).toBe(category)
      expect(draft.images[0]?.place).toBe(draft.id)
      const { width = 0, height = 0 } = await sharp(pictureOf(draft)).metadata()
      expect(Math.max(width, height)).toBeLessThanOrEqual(700)
    }
  })

  test('have answers of many values', async () => {
    const drafts = await draftsOf(source({ seed: 6, count: 45 }))
    expect(new Set(drafts.map(draft => draft.answer)).size).toBeGreaterThan(15)
  })
})

test('a chart has its labels although no font of the machine is used', async () => {
  const [draft] = await draftsOf(charts({ seed: 1, count: 1 }))
  if (!draft) throw new Error('there is a chart')
  const grey = await sharp(pictureOf(draft)).greyscale().raw().toBuffer()
  const black = grey.filter(value => value < 60).length
  expect(black).toBeGreaterThan(200)
})
