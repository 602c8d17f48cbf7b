import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { ParquetRow } from '../../output/columns.ts'
import { openaiSft } from '../../output/openai/openai-sft.ts'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import type { Part } from '../../schemas/task.ts'
import type { Results, Trajectory, Turn } from '../../schemas/trajectory.ts'
import { image, kinds, observation, pythonTurn, reply } from '../fixtures.ts'
import { about, kept } from './rows.ts'
import { asLlamaFactory, count } from './targets/sharegpt.ts'

const fragment = fc.constantFrom(
  '<image>', '<video>', '<audio>', '<', 'image>', '<<image>', '<im', '\\u003cimage>', '"', '\\', '\n', '\u0000', '\ud800',
  '</think>', '<answer>', '</answer>', '<code>', '```', '<tool_call>', '</tool_call>', '<|im_end|>', '{{question}}', 'a',
  '🦊', '$&', '$1',
) // biome-ignore format: one list
const text = fc.oneof(
  fc.array(fragment, { maxLength: 8 }).map(parts => parts.join('')),
  fc.string(),
)
const picture = fc.integer({ min: 0, max: 5 }).map(number => image(`picture ${number}`))
const part: fc.Arbitrary<Part> = fc.oneof(
  text.map((text): Part => ({ type: 'text', text })),
  picture.map((image): Part => ({ type: 'image', image })),
)

const cellTurn: fc.Arbitrary<Turn> = fc
  .record({ thought: text, code: text, stdout: text, images: fc.array(picture, { maxLength: 3 }) })
  .map(({ thought, code, stdout, images }) => {
    const turn = pythonTurn({ code, stdout, images }, `Why: ${thought}`)
    const shown = images.map((image): Part => ({ type: 'image', image }))
    const parts: Part[] = [{ type: 'text', text: stdout }, ...shown]
    return { ...turn, observations: turn.observations.map(seen => ({ ...seen, parts })) }
  })

const searchTurn: fc.Arbitrary<Turn> = fc
  .record({ query: text, parts: fc.array(part, { maxLength: 3 }), title: text, image: fc.option(picture) })
  .map(({ query, parts, title, image }) => {
    const results = [{ id: title, title, snippet: query, licence: null, image, score: 1 }]
    const data: Results = { kind: 'results', provider: 'test', query, results }
    const name = image ? 'image_search' : 'text_search'
    const raw = image ? '{}' : JSON.stringify({ query }).replaceAll('<', '\\u003c')
    return {
      reply: reply({ calls: [{ id: 'c', name, arguments: raw }], stop: 'calls' }),
      observations: [observation({ callId: 'c', parts, data })],
    }
  })

const trajectories: fc.Arbitrary<Trajectory> = fc
  .record({
    id: text,
    question: fc.array(part, { maxLength: 4 }),
    answer: text,
    turns: fc.array(fc.oneof(cellTurn, searchTurn), { maxLength: 4 }),
    last: text,
  })
  .map(({ id, question, answer, turns, last }) => {
    const base = about([image('asked')], 1)
    const parameters = { type: 'object', properties: { '<image>': { description: last } } }
    return {
      ...base,
      task: { ...base.task, id, answer, question: last },
      question,
      tools: ['python', 'image_search', 'text_search'].map(name => ({ name, description: last, parameters })),
      turns: [...turns, { reply: reply({ text: `So ${last}<answer>${answer}</answer>` }), observations: [] }],
      outcome: { kind: 'answered', answer },
    }
  })

const bytes = async () => new Uint8Array([1])

/** Every text of a row, wherever it stands. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(texts)
}

test.each([hf(), llamaFactory(), deepEyesSft()])(
  'whatever anybody wrote, $name has as many placeholders as images',
  async target => {
    let rows = 0
    await fc.assert(
      fc.asyncProperty(trajectories, async trajectory => {
        const projected = await target.row(kept(trajectory), { bytes, kinds })
        if (!projected.keep) return
        rows++
        expectWhole(projected.row, firstImage(trajectory))
        if (target.name === 'llamafactory') expectNoMarker(texts(asLlamaFactory(projected.row)))
      }),
      { numRuns: 300 },
    )
    expect(rows).toBeGreaterThan(30)
  },
)

test('whatever anybody wrote, openai has as many pictures as images, and no word that is a marker', async () => {
  const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  let rows = 0
  await fc.assert(
    fc.asyncProperty(trajectories, async trajectory => {
      const projected = await openaiSft().row(kept(trajectory), { bytes: async () => png, kinds })
      if (!projected.keep) return
      rows++
      const all = texts(projected.row)
      const urls = all.filter(text => text.startsWith('data:image/png;base64,'))
      const words = all.filter(text => !urls.includes(text))
      expect(urls).toHaveLength(projected.held?.images ?? 0)
      expectNoMarker(words)
      expect(words.join().match(/<\|[^<>|]*\|>/)).toBeNull()
      expect(words.every(text => text.isWellFormed())).toBe(true)
    }),
    { numRuns: 100 },
  )
  expect(rows).toBeGreaterThan(10)
})

const firstImage = ({ question, task }: Trajectory): string | undefined => {
  const shown = question.flatMap(part => (part.type === 'image' ? [part.image] : []))
  return (shown[0] ?? task.images[0])?.sha256
}

function expectWhole(row: ParquetRow, first: string | undefined): void {
  const all = texts(row)
  const images = row.images as { path: string }[]
  const placeholders = all.reduce((sum, text) => sum + count(text), 0)
  expect(placeholders).toBe(images.length)
  expect(images[0]?.path).toBe(`${first}.png`)
  expectNoMarker(all.map(text => text.replaceAll('<image>', '')))
  expect(all.every(text => text.isWellFormed())).toBe(true)
}

const expectNoMarker = (all: string[]): void => expect(all.join().match(/<(image|video|audio)>/)).toBeNull()
