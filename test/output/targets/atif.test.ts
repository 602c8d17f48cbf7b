import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { atif } from '../../../output/targets/atif.ts'
import { atifColumns, atifPictures } from '../../../rollouts/atif-row.ts'
import { exported, recorded } from '../../../rollouts/record.ts'
import { columnsRead, fieldsIn, jsonIn, plainRow } from '../../../rollouts/row.ts'
import { Image } from '../../../schemas/image.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import { Trajectory } from '../../../schemas/trajectory.ts'
import { validator } from '../../../schemas/validate.ts'
import { fitting } from '../../arbitrary.ts'
import { answerTurn, kinds, observation, pythonTurn, reply } from '../../fixtures.ts'
import { about, album, kept } from '../rows.ts'

const { images, bytes } = await album([
  [8, 6],
  [5, 5],
])
const [picture, crop] = images as [Image, Image]

/** What the models of Harbor 0.26.0 say of their fields; `bench/trainers/harbor` holds it against them. */
const valid = validator(JSON.parse(readFileSync(join(import.meta.dirname, 'atif.schema.json'), 'utf8')))

interface Step {
  step_id: number
  source: 'system' | 'user' | 'agent'
  message: Json
  tool_calls?: { tool_call_id: string; function_name: string; arguments: JsonObject }[]
  observation?: { results: { source_call_id?: string; content: Json; extra?: Json }[] }
  metrics?: JsonObject
  llm_call_count?: number
  extra?: { kindling: JsonObject }
}
interface Document extends JsonObject {
  steps: Step[] & Json
  extra: { kindling: JsonObject }
}

async function documentOf(trajectory: Trajectory): Promise<Document> {
  const projected = await atif().row(kept(trajectory), { bytes, kinds })
  if (!projected.keep) throw new Error(projected.reason)
  return JSON.parse(JSON.stringify(projected.row))
}

/** What the models hold beyond their fields. */
function expectSound(document: Document): void {
  expect(valid(document)).toMatchObject({ ok: true })
  for (const [index, step] of document.steps.entries()) {
    const { step_id, source, tool_calls = [], observation, metrics, llm_call_count } = step
    expect(step_id).toBe(index + 1)
    if (source !== 'agent') expect([tool_calls, metrics]).toEqual([[], undefined])
    if (llm_call_count === 0) expect(metrics).toBeUndefined()
    const made = tool_calls.map(call => call.tool_call_id)
    for (const { source_call_id } of observation?.results ?? [])
      if (source_call_id !== undefined) expect(made).toContain(source_call_id)
  }
}

test('a document tells the conversation in steps, with pictures by the paths of their files', async () => {
  const call = pythonTurn({ code: 'crop()' }, 'I look closer.')
  const [seen] = call.observations
  if (seen)
    seen.parts = [
      { type: 'text', text: 'image_2:' },
      { type: 'image', image: crop },
    ]
  const document = await documentOf(about([picture], 1, { turns: [call, answerTurn('8')] }))
  expectSound(document)
  const path = ({ sha256 }: Image) => `images/${sha256.slice(0, 2)}/${sha256}.png`
  const shown = (image: Image) => ({ type: 'image', source: { media_type: 'image/png', path: path(image) } })
  expect(document.steps).toMatchObject([
    { source: 'system', message: 'Solve it.' },
    {
      source: 'user',
      message: [shown(picture), { type: 'text', text: 'How wide is the image, in pixels?' }],
    },
    {
      source: 'agent',
      message: 'I look closer.',
      tool_calls: [{ tool_call_id: 'call_1', function_name: 'python', arguments: { code: 'crop()' } }],
      observation: { results: [{ source_call_id: 'call_1' }] },
      extra: { kindling: { train: true } },
    },
    { source: 'agent', message: 'It follows.\n<answer>8</answer>', extra: { kindling: { train: true } } },
  ])
  expect(JSON.stringify(document.steps[2]?.observation)).toContain(path(crop))
  expect(document).toMatchObject({
    schema_version: 'ATIF-v1.7',
    agent: { model_name: 'test-model', tool_definitions: [{ type: 'function' }] },
    final_metrics: { total_prompt_tokens: 20, total_completion_tokens: 10, total_steps: 4 },
    extra: {
      kindling: {
        id: 'test/1',
        task_answer: '8',
        trainable: true,
        facts: [{ check: 'answer', passed: true }],
      },
    },
  })
})

test('a call that is no JSON stands in extra as it was written, and its result is that of no call', async () => {
  const [bad, good] = ['{"code": ', '{"code":"1"}'].map((raw, index) => ({
    id: `call_${index}`,
    name: 'python',
    arguments: raw,
  }))
  const mistake = { kind: 'bad_arguments' as const, message: 'no JSON' }
  const turn = {
    reply: reply({ text: 'I try.', calls: [bad, good].filter(one => one !== undefined), stop: 'calls' }),
    observations: [
      observation({ callId: 'call_0', mistake, parts: [{ type: 'text', text: 'no JSON' }] }),
      observation({ callId: 'call_1' }),
    ],
  }
  const document = await documentOf(about([picture], 1, { turns: [turn, answerTurn('8')] }))
  expectSound(document)
  expect(document.steps[2]).toMatchObject({
    tool_calls: [{ tool_call_id: 'call_1' }],
    observation: {
      results: [
        { content: 'no JSON', extra: { kindling: { call_id: 'call_0', mistake: 'bad_arguments' } } },
        { source_call_id: 'call_1' },
      ],
    },
    extra: { kindling: { train: false, calls: [{ at: 0, ...bad }] } },
  })
})

test.each([
  ['what a program made has no metrics', { kindling: { program: 'x' } }, 0],
  ['what a model made has one inference a step', null, 1],
])('%s', async (_, raw, count) => {
  const turn = answerTurn('8')
  const turns = [{ ...turn, reply: { ...turn.reply, raw } }]
  const document = await documentOf(about([picture], 1, { turns }))
  expectSound(document)
  expect(document.steps[2]?.llm_call_count).toBe(count)
})

test('arguments that are nested deeper than parsers of others go stand in extra', async () => {
  const raw = `{"x":${'['.repeat(5000)}${']'.repeat(5000)}}`
  const turn = pythonTurn()
  const calls = turn.reply.calls.map(call => ({ ...call, arguments: raw }))
  const turns = [{ ...turn, reply: { ...turn.reply, calls } }, answerTurn('8')]
  const document = await documentOf(about([picture], 1, { turns }))
  expectSound(document)
  expect(document.steps[2]?.extra?.kindling.calls).toMatchObject([{ arguments: raw }])
})

test('whatever a trajectory holds, its document is sound, and it is read back from it whole', async () => {
  const trajectories = fitting(
    Trajectory,
    new Map([[Image, fc.constantFrom(picture, crop)]]),
  ) as fc.Arbitrary<Trajectory>
  const property = fc.asyncProperty(trajectories, async trajectory => {
    const document = await documentOf(trajectory)
    expectSound(document)
    const row = plainRow(document)
    const shown = atifPictures(row).map(path => images.find(({ sha256 }) => path.includes(sha256)))
    const found = shown.filter(image => image !== undefined)
    const record = fieldsIn(jsonIn(document.extra.kindling.record))
    expect(recorded(record, columnsRead(atifColumns(row), found), found)).toEqual(
      JSON.parse(JSON.stringify(exported(trajectory))),
    )
  })
  await fc.assert(property, { numRuns: 25, endOnFailure: true })
})

test('a document says little twice', async () => {
  const thought = 'I look at every part of the picture. '.repeat(100)
  const document = await documentOf(
    about([picture], 1, { turns: [pythonTurn({}, thought), answerTurn('8')] }),
  )
  expect(String(document.extra.kindling.record)).not.toContain('every part')
})
