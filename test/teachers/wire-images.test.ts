import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { Part } from '../../schemas/task.ts'
import { toChat } from '../../teachers/chat-wire.ts'
import { habitsOf } from '../../teachers/habits.ts'
import { toMessages } from '../../teachers/messages-wire.ts'
import { openai } from '../../teachers/openai.ts'
import { toResponses } from '../../teachers/responses-wire.ts'
import { textOfParts, wireParts } from '../../teachers/wire-images.ts'
import { question } from '../conformance/teacher.ts'
import { image, png, pythonTurn } from '../fixtures.ts'
import { completion, wireServer } from './wire-server.ts'

const limits = { side: 100, bytes: 10_000 }
const picture = (width: number, height: number) => image('x', { width, height })

/** A picture that no format makes small. */
async function noise(width: number, height: number): Promise<Buffer> {
  const pixels = new Uint8Array(width * height * 3)
  for (let index = 0, seed = 1; index < pixels.length; index++) {
    seed = (seed * 48271) % 2147483647
    pixels[index] = seed % 256
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

async function wired(bytes: Buffer, width: number, height: number, within = limits) {
  const parts = await wireParts([{ type: 'image', image: picture(width, height) }], async () => bytes, within)
  const shown = parts.at(-1)
  if (shown?.type !== 'image') throw new Error('no image')
  const content = Buffer.from(shown.base64, 'base64')
  const { width: side = 0, height: other = 0, format } = await sharp(content).metadata()
  const said = parts.flatMap(part => (part.type === 'text' ? [part.text] : []))
  return { shown, content, size: [side, other], format, said }
}

test('an image within the limits goes as its very bytes, and nothing is said of it', async () => {
  const bytes = await png(100, 100)
  const { content, said, shown } = await wired(bytes, 100, 100)
  expect(content.equals(bytes)).toBe(true)
  expect(shown.mime).toBe('image/png')
  expect(said).toEqual([])
})

test('a larger one is shown smaller in its proportions, and its true size is said just before it', async () => {
  const { size, said, format } = await wired(await png(400, 200), 400, 200)
  expect(size).toEqual([100, 50])
  expect(format).toBe('png')
  expect(said).toEqual([
    'The next image is 400 × 200 pixels; you are shown it at 100 × 50. In code it has its full size.',
  ])
})

test('one of too many bytes becomes a JPEG of the same size, and then its size is not spoken of', async () => {
  const { size, said, shown, content } = await wired(await noise(90, 60), 90, 60)
  expect(shown.mime).toBe('image/jpeg')
  expect(size).toEqual([90, 60])
  expect(content.length).toBeLessThanOrEqual(limits.bytes)
  expect(said).toEqual([])
})

test('where that is not enough it shrinks until it fits, and says so', async () => {
  const tight = { side: 500, bytes: 20_000 }
  const { size, said, content } = await wired(await noise(500, 400), 500, 400, tight)
  expect(content.length).toBeLessThanOrEqual(tight.bytes)
  expect(said[0]).toContain(`shown it at ${size[0]} × ${size[1]}`)
  expect(size[0]).toBeLessThan(500)
})

const wires = [
  ['chat', toChat, ['after', 'inside']],
  ['responses', toResponses, ['after', 'inside']],
  ['messages', toMessages, ['after', 'inside']],
] as const

test.each(wires.flatMap(([name, wire, ways]) => ways.map(toolImages => ({ name, wire, toolImages }))))(
  'a whole request over $name stays below what its provider takes, images $toolImages the results',
  async ({ wire, toolImages }) => {
    const [large, small] = [await noise(90, 90), await noise(20, 20)]
    const hard: Part[] = [1, 2, 3].map(n => ({
      type: 'image',
      image: image(`large ${n}`, { width: 90, height: 90 }),
    }))
    const easy: Part = { type: 'image', image: image('small', { width: 20, height: 20 }) }
    const turn = pythonTurn()
    const asked = question({
      question: [easy, ...hard],
      turns: [
        {
          ...turn,
          observations: turn.observations.map(one => ({ ...one, parts: [...one.parts, ...hard, easy] })),
        },
      ],
      bytes: async ({ width }) => (width === 90 ? large : small),
    })
    const habits = habitsOf({}, { toolImages })
    const imagesWith = async (total?: number) => {
      const within = { side: 100, bytes: 100_000, ...(total && { total }) }
      const body = JSON.stringify(await wire(asked, { model: 'm', limits: within, habits, cache: false }))
      return [...body.matchAll(/[\w+/]{300,}=*/g)].map(([text]) => Buffer.from(text, 'base64'))
    }
    const bytesOf = (images: Buffer[]) => images.reduce((sum, { length }) => sum + length, 0)
    const [whole, fitting] = [await imagesWith(), await imagesWith(60_000)]
    expect(bytesOf(whole)).toBeGreaterThan(60_000)
    expect(bytesOf(fitting)).toBeLessThanOrEqual(60_000)
    expect(fitting).toHaveLength(8)
    expect(fitting.filter(bytes => bytes.equals(small))).toHaveLength(2)
    expect(await imagesWith(200_000)).toEqual(whole)
  },
)

test('the texts of a result are its lines; none is said to be none', () => {
  const text = (value: string) => ({ type: 'text' as const, text: value })
  expect(textOfParts([text('a'), { type: 'image', image: image() }, text('b')])).toBe('a\nb')
  expect(textOfParts([])).toBe('(no text)')
})

test('a teacher shows images of the side it is told, in question and results alike', async () => {
  await using server = await wireServer(() => ({ body: completion() }))
  const teacher = openai({ model: 'm', baseURL: server.url, imageSide: 50 })
  const asked = question({
    question: [{ type: 'image', image: picture(200, 100) }],
    bytes: () => png(200, 100),
  })
  await teacher.ask(asked, new AbortController().signal)
  const content = server.arrived[0]?.body.messages[1]?.content ?? []
  const [note, shown] = content as unknown as { text: string; image_url: { url: string } }[]
  expect(note?.text).toMatch(/200 × 100 pixels; you are shown it at 50 × 25/)
  const bytes = Buffer.from(shown?.image_url.url.split(',')[1] ?? '', 'base64')
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 50, height: 25 })
  expect(teacher.options).toMatchObject({ imageSide: 50 })
})
