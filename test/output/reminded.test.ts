import { expect, test } from 'vitest'
import type { ParquetRow } from '../../output/columns.ts'
import type { Export } from '../../output/export.ts'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import type { Reminded } from '../../output/trainable.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { answerTurn, kinds, openTurn, pythonTurn, reminded, silentTurn } from '../fixtures.ts'
import { about, album, kept } from './rows.ts'
import { asLlamaFactory } from './targets/sharegpt.ts'

const { images, bytes } = await album([[8, 6]])

const project = (target: Export, turns: readonly Turn[]) =>
  target.row(kept(about([...images], 1, { turns: [...turns] })), { bytes, kinds })

async function rowOf(target: Export, turns: readonly Turn[]): Promise<ParquetRow> {
  const projected = await project(target, turns)
  if (!projected.keep) throw new Error(`${projected.reason}: ${projected.detail}`)
  return projected.row
}

const whole = reminded().turns
const unreminded = [pythonTurn(), answerTurn('8')]

test('the canonical view shows what a teacher was told, and trains on nothing it was reminded of', async () => {
  const { trajectory } = (await rowOf(hf(), whole)) as {
    trajectory: { role: string; content: string; train: boolean }[]
  }
  expect(trajectory.slice(2).map(({ role, content, train }) => [role, content, train])).toEqual([
    ['assistant', '', false],
    ['tool', 'Say first what it is for.', false],
    ['assistant', 'I measure the image first.', true],
    ['tool', 'stdout:\n(8, 6)', false],
    ['assistant', 'The image is 8 pixels wide.', false],
    ['user', 'Put it between answer tags.', false],
    ['assistant', 'It follows.\n<answer>8</answer>', true],
  ])
})

/** Trainers read every turn, so each says what becomes of such a row. */
const trainers: [name: string, made: (options: { reminded?: Reminded }) => Export][] = [
  ['llamafactory', llamaFactory],
  ['deepeyes_sft', deepEyesSft],
]

const faults: [title: string, turns: Turn[], detail: string][] = [
  ['a rationale', [silentTurn(), ...unreminded], 'turn 1: rationale'],
  ['an answer', [pythonTurn(), openTurn(), answerTurn('8')], 'turn 2: answer'],
  ['both', whole, 'turn 1: rationale'],
]

const each = trainers.flatMap(([name, made]) =>
  faults.map(([title, turns, detail]) => ({ name, made, title, turns, detail })),
)

test.each(each)(
  '$name declines a row whose teacher was reminded of $title',
  async ({ made, turns, detail }) => {
    expect(await project(made({}), turns)).toEqual({ keep: false, reason: 'reminded', detail })
  },
)

test.each(each)(
  '$name can leave the turns out in which it was reminded of $title',
  async ({ made, turns }) => {
    const target = made({ reminded: 'leave_out' })
    expect(await rowOf(target, turns)).toEqual(await rowOf(target, unreminded))
  },
)

test('LLaMA-Factory can be given the conversation as it was', async () => {
  const { conversations } = (await rowOf(llamaFactory({ reminded: 'keep' }), whole)) as {
    conversations: { from: string; value: string }[]
  }
  expect(conversations.slice(1).map(({ from, value }) => [from, value.split('\n').at(-1)])).toEqual([
    ['function_call', expect.stringContaining('"name"')],
    ['observation', 'Say first what it is for.'],
    ['function_call', expect.stringContaining('"name"')],
    ['observation', '(8, 6)'],
    ['gpt', 'The image is 8 pixels wide.'],
    ['human', 'Put it between answer tags.'],
    ['gpt', '<answer>8</answer>'],
  ])
})

test('the row that is left is one that LLaMA-Factory reads', async () => {
  const row = await rowOf(llamaFactory({ reminded: 'leave_out' }), whole)
  expect(asLlamaFactory(row)).toMatchObject([{ thought: 'I measure the image first.' }])
})

test.each(trainers)('%s says of itself what becomes of such rows only where it is told', (_, made) => {
  expect(made({}).options).not.toHaveProperty('reminded')
  expect(made({ reminded: 'leave_out' }).options).toHaveProperty('reminded', 'leave_out')
})
