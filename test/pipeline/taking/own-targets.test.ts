import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { codeErrors } from '../../../checks/code-errors.ts'
import { reexecutes } from '../../../checks/reexecutes.ts'
import { repeats } from '../../../checks/rerun/repeats.ts'
import type { Export } from '../../../output/export.ts'
import { openaiSft } from '../../../output/openai/openai-sft.ts'
import { atif } from '../../../output/targets/atif.ts'
import { axolotl } from '../../../output/targets/axolotl.ts'
import { deepEyesSft } from '../../../output/targets/deepeyes-sft.ts'
import { hf } from '../../../output/targets/hf.ts'
import { llamaFactory } from '../../../output/targets/llama-factory.ts'
import { msSwift } from '../../../output/targets/ms-swift.ts'
import { sharegpt } from '../../../output/targets/sharegpt.ts'
import { trl } from '../../../output/targets/trl.ts'
import { verlSft } from '../../../output/targets/verl-sft.ts'
import { type FormatName, rolloutsIn } from '../../../rollouts/detect.ts'
import { exported } from '../../../rollouts/record.ts'
import { bubblewrap } from '../../../sandbox/bubblewrap.ts'
import { stateOf } from '../../../schemas/measurement.ts'
import { imagesIn, type Part } from '../../../schemas/task.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { png, temporaryFolder } from '../../fixtures.ts'
import { runs, says, scripted, widths, withRun } from '../scripted.ts'

const sandbox = bubblewrap()
const folder = await temporaryFolder()
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** Two turns of code: what the first one binds the second one uses, and each draws. */
const solver = scripted(({ turns }) => {
  if (turns.length === 0) return runs('wide = image_1.width\nprint(wide)\nimage_1.crop((0, 0, 16, 16))')
  return turns.length === 1 ? runs('image_1.resize((20, 20)).save("small.png")\nwide') : says('40')
})
const picture = { place: 'a', bytes: await png(40, 32) }
const config = {
  sandbox,
  teachers: [solver],
  tasks: widths({ images: [picture], answer: '40' }),
  output: folder.path,
}

/** What is told of the run and of the model stands in no file that trains; the picture of a question does. */
const lesson = ['ids', 'key', 'model']

/** Targets, the format that they are told to be in, and what their rows say that they do not hold. */
const targets: [string, Export, FormatName, lacks: string[]][] = [
  ['hf', hf(), 'kindling', []],
  ['atif', atif(), 'atif', []],
  ['llamafactory', llamaFactory(), 'share_gpt', lesson],
  ['sharegpt', sharegpt(), 'share_gpt', lesson],
  ['ms_swift', msSwift(), 'ms_swift', lesson],
  ['openai', openaiSft(), 'openai_messages', ['key', 'model']],
  ['trl', trl(), 'openai_messages', lesson],
  ['axolotl', axolotl(), 'openai_messages', lesson],
  ['verl_sft', verlSft(), 'openai_messages', lesson],
  ['deepeyes_sft', deepEyesSft(), 'deepeyes_sft', [...lesson, 'tools']],
]

let there: Trajectory[] = []
await withRun({ ...config, exports: targets.map(([, target]) => target) }, async run => {
  await run.run()
  there = await run.trajectories()
})

/** DeepEyesV2's environment words questions and results in its own way. */
const reworded = 'deepeyes_sft'

/** What a trajectory says, without what its row says that it lacks. */
function saidOf({ task, question, tools, turns, outcome }: Trajectory, target: string, lacks: string[]) {
  const shown = (parts: readonly Part[]) => (target === reworded ? imagesIn(parts) : parts)
  return {
    outcome,
    images: task.images,
    answer: lacks.includes('key') ? '' : task.answer,
    tools,
    question: shown(question),
    turns: turns.map(({ reply, observations }) => ({
      text: reply.text.trim(),
      calls: reply.calls.map(({ id, ...call }) => (lacks.includes('ids') ? call : { id, ...call })),
      observations: observations.map(({ mistake, parts }) => ({ mistake, parts: shown(parts) })),
    })),
  }
}

test.each(targets)(
  'what %s holds is run again and is the same, cell by cell',
  async (name, _, format, lacks) => {
    const rollouts = await rolloutsIn(join(folder.path, 'test', 'export', name))
    expect(rollouts.name).toBe(format)
    const checks = [codeErrors(), reexecutes(), repeats()]
    await withRun({ sandbox, teachers: [], tasks: [], rollouts, checks }, async run => {
      await run.run()
      const here = await run.trajectories()
      const cells = (all: Trajectory[]) =>
        all.flatMap(({ turns }) => turns.flatMap(({ observations }) => observations.map(({ data }) => data)))
      expect(cells(here)).toEqual(cells(there))
      expect(cells(here)).toHaveLength(2)
      const [mine, theirs] = [here, there].map(all => all.map(each => saidOf(each, name, lacks)))
      expect(mine).toEqual(theirs)
      expect(here.map(({ origin }) => origin?.lacks)).toEqual([lacks])
      const facts = (await run.rows()).flatMap(({ measured }) => measured.facts)
      expect(facts.map(fact => [fact.check, stateOf(fact), fact.reason])).toEqual(
        checks.map(check => [check.name, 'passed', '']),
      )
    })
  },
)

test.each(targets.slice(0, 2))('what %s holds of a trajectory is all of it', async name => {
  const rollouts = await rolloutsIn(join(folder.path, 'test', 'export', name))
  await withRun({ sandbox, teachers: [], tasks: [], rollouts }, async run => {
    await run.run()
    const here = (await run.trajectories()).map(({ origin: _, ...rest }) => rest)
    expect(here).toEqual(JSON.parse(JSON.stringify(there.map(exported))))
  })
})
