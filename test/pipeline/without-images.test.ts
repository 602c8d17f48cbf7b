import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { imageNecessity } from '../../checks/judges/image-necessity.ts'
import { safety } from '../../checks/judges/safety.ts'
import { toolNecessity } from '../../checks/judges/tool-necessity.ts'
import { reexecutes } from '../../checks/reexecutes.ts'
import { schema } from '../../checks/schema.ts'
import { deepEyesRl } from '../../output/targets/deepeyes-rl.ts'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { screenedOut } from '../../output/targets/screened-out.ts'
import { verlRl } from '../../output/targets/verl-rl.ts'
import { ensureAccepted } from '../../pipeline/accept/agreement.ts'
import type { Config } from '../../pipeline/config.ts'
import { takeIn } from '../../pipeline/jobs/prepare.ts'
import { replayRun } from '../../pipeline/jobs/replay.ts'
import { promptFrom } from '../../prompts/prompt.ts'
import { difficulty } from '../../screens/difficulty.ts'
import { openEnded } from '../../screens/open-ended.ts'
import { wellPosed } from '../../screens/well-posed.ts'
import type { TaskDraft } from '../../tasks/source.ts'
import { tagged } from '../../teachers/tagged.ts'
import { crop } from '../../tools/crop.ts'
import { type ImageProvider, imageSearch } from '../../tools/image-search.ts'
import { python } from '../../tools/python.ts'
import { reading } from '../readers.ts'
import { smallJail } from '../small-jail.ts'
import { type Asked, calls, runs, says, scripted, seenBy, widths, withRun, wordsOf } from './scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const sum: Partial<TaskDraft> = {
  id: 'sum',
  question: 'What is 3 plus 5?',
  images: [],
  wordsAlone: true,
  answer: '8',
  category: 'reasoning',
}

const pictures: ImageProvider = { name: 'pictures', options: {}, usdPerCall: 0, byImage: async () => [] }
const titled: ImageProvider = { ...pictures, byText: async () => [] }

/** All that somebody was told, but for the rules of how an image is drawn. */
const told = ({ system, question, tools }: Asked) =>
  [system, ...question.map(part => (part.type === 'text' ? part.text : '<image>')), JSON.stringify(tools)]
    .join('\n')
    .replaceAll('every image that is displayed, plotted or saved', '')

const ofImages = /\bimages?\b|image_1|<image>|visual/i

const verdictOf = (word: string) => (asked: Asked) => {
  const code = /VERDICT (\w+): \.\.\.|QUESTION (\w+): \.\.\./.exec(wordsOf(asked))
  return {
    text: code?.[1]
      ? `Fine.\nVERDICT ${code[1]}: ${word}`
      : `Asked anew.\nQUESTION ${code?.[2]}: How much is 3 and 5?`,
  }
}

const model = (name: string, answer: Parameters<typeof scripted>[0]) =>
  scripted(answer, { name, options: { model: name } })

/** Solves with Python where it has it; without tools it is wrong. */
const solver = (name: string) =>
  model(name, asked => {
    if (asked.tools.length === 0) return says('1')
    return asked.turns.length === 0 ? runs('3 + 5') : says(/result:\n(\d+)/.exec(seenBy(asked))?.[1] ?? '0')
  })

test('nobody who is asked about words alone is told of an image, from the screens to the judges', async () => {
  const all = {
    teacher: solver('teacher'),
    student: model('student', () => says('1')),
    sound: model('sound', verdictOf('sound')),
    unique: model('unique', verdictOf('unique')),
    allowed: model('allowed', verdictOf('allowed')),
  }
  const { student, sound, unique, allowed } = all
  const chosen = {
    ...sum,
    id: 'chosen',
    question: 'Which is 3 plus 5?',
    choices: ['7', '8'],
    answerType: 'choice' as const,
  }
  await withRun(
    {
      sandbox,
      tasks: widths(sum, chosen),
      teachers: [all.teacher],
      tools: [python(), crop(), imageSearch({ corpus: pictures })],
      screens: [
        wellPosed({ models: [sound] }),
        openEnded({ writer: unique, unique: { models: [unique] } }),
        difficulty({ student, k: 1 }),
      ],
      checks: [
        schema(),
        reexecutes(),
        imageNecessity({ student, k: 1 }),
        toolNecessity({ student, k: 1 }),
        safety({ models: [allowed] }),
      ],
      exports: [hf(), rejected(), llamaFactory(), deepEyesSft()],
    },
    async run => {
      await run.run()
      for (const [name, { asked }] of Object.entries(all)) {
        expect([name, asked.length > 0]).toEqual([name, true])
        // What may be trained on is asked about whole records, of which some have images.
        for (const each of name === 'allowed' ? [] : asked) expect(told(each)).not.toMatch(ofImages)
      }
      expect(await run.fates()).toEqual({ sum: 'kept', chosen: 'kept' })
      for (const { measured } of await run.rows()) {
        const { facts, trajectory } = measured
        expect(facts.filter(({ passed }) => !passed).map(({ check }) => check)).toEqual([])
        expect(facts.find(({ check }) => check === 'image_necessity')?.detail).toBe('no image')
        expect(trajectory.tools.map(({ name }) => name)).toEqual(['python'])
      }
      const replay = await replayRun(await run.open({}, { asks: 'nobody' }))
      expect(replay).toMatchObject({ rollouts: 2, different: [], missing: [], extra: [] })
    },
  )
})

test.each<[string, Partial<Config>, string[]]>([
  [
    'tools that work on images are not offered',
    { tools: [python(), crop(), imageSearch({ corpus: pictures })] },
    ['python'],
  ],
  ['a search by words is', { tools: [imageSearch({ corpus: titled })] }, ['image_search']],
])('%s', async (_, config, offered) => {
  const teacher = scripted(() => says('8'))
  await withRun(
    { sandbox, tasks: widths(sum, { id: 'picture' }), teachers: [teacher], ...config },
    async run => {
      await run.run()
      const toolsOf = (id: string) =>
        run
          .rows()
          .then(
            rows =>
              rows.find(({ measured }) => measured.trajectory.task.id === id)?.measured.trajectory.tools,
          )
      expect((await toolsOf('sum'))?.map(({ name }) => name)).toEqual(offered)
      expect(JSON.stringify(await toolsOf('sum'))).not.toMatch(/image you were shown|question’s images/)
      expect(await toolsOf('picture')).toHaveLength(config.tools?.length ?? 0)
    },
  )
})

test('there is no image in Python, a tool that was not offered is unknown, and both are repeated as they were', async () => {
  const said: string[] = []
  const teacher = scripted(asked => {
    said.push(seenBy(asked))
    if (asked.turns.length === 0) return runs('image_1')
    return asked.turns.length === 1 ? calls(['image_zoom_in_tool', '{"bbox_2d":[0,0,9,9]}']) : says('8')
  })
  const config = {
    sandbox,
    tasks: widths(sum),
    teachers: [teacher],
    tools: [python(), crop()],
    checks: [reexecutes()],
  }
  await withRun(config, async run => {
    await run.run()
    expect(said[1]).toMatch(/NameError: name 'image_1' is not defined/)
    expect(said[2]).toBe('There is no tool named image_zoom_in_tool. There are: python.')
    expect((await run.rows())[0]?.measured.facts).toMatchObject([{ check: 'reexecutes', passed: true }])
  })
})

test('a student’s own words speak of no image either', async () => {
  const model = scripted(() => ({ text: '<think>Eight.</think>\n<answer>8</answer>' }))
  await withRun(
    { sandbox, tasks: widths(sum), teachers: [tagged(model)], exports: [deepEyesSft()] },
    async run => {
      await run.run()
      expect(told(model.asked[0] as Asked)).not.toMatch(ofImages)
    },
  )
})

test('a system prompt of one’s own is told how many images there are, where it asks for that', async () => {
  const teacher = scripted(() => says('8'))
  const prompts = { system: promptFrom('own', 'There are {{images}} images. {{tools}}') }
  await withRun({ sandbox, tasks: widths(sum, {}), teachers: [teacher], tools: [], prompts }, async run => {
    await run.run()
    expect(teacher.asked.map(({ system }) => system).sort()).toEqual([
      'There are 0 images. ',
      'There are 1 images. ',
    ])
  })
})

test('stored work is bought again where the words for questions without images are others, and it is said', async () => {
  const system = promptFrom('own', '{{tools}}')
  const other = (text: string) => ({
    prompts: { system: { ...system, withoutImages: promptFrom('own', text) } },
  })
  const teacher = scripted(() => says('8'), { options: { model: 'm' } })
  await withRun(
    { sandbox, tasks: widths(sum, {}), teachers: [teacher], tools: [], ...other('A {{tools}}') },
    async run => {
      await run.run()
      const messages: string[] = []
      const changed = await run.open(other('B {{tools}}'))
      await ensureAccepted(await takeIn(changed), changed, async message => messages.push(message) > 0)
      expect(messages).toEqual([expect.stringMatching(/ 1 rollout \(.*\) because of prompts\.system$/)])
    },
  )
})

test('prompts for reinforcement learning without an image are for verl; DeepEyesV2’s environment needs one', async () => {
  const student = solver('student')
  const config = {
    sandbox,
    tasks: widths(sum, {
      id: 'lost',
      question: 'What is 3 times 5?',
      images: [],
      wordsAlone: true,
      answer: '1',
    }),
    teachers: [scripted(() => says('8'))],
    screens: [difficulty({ student, k: 1, most: 0 })],
    exports: [deepEyesRl(), verlRl(), screenedOut()],
  }
  await withRun(config, async run => {
    const { targets, summary } = await run.run()
    expect(targets).toMatchObject({
      deepeyes_rl: { rows: 0, declined: { no_image: 1 } },
      verl_rl: { rows: 1, images: 0, declined: {} },
      screened_out: { rows: 1 },
    })
    expect(summary.withoutImages).toBe(1)
  })
})

test('rows without images come after all that have some, in every export, and datasets reads both', async () => {
  const many = Array.from({ length: 12 }, (_, index) => ({
    ...sum,
    id: `sum/${index}`,
    question: `What is 3 plus 5, ${index}?`,
  }))
  const config = {
    sandbox,
    tasks: widths(...many, { id: 'wide/1' }, { id: 'wide/2', answer: '9' }),
    teachers: [scripted(() => says('8'))],
    tools: [],
    exports: [hf(), llamaFactory()],
  }
  await withRun(config, async run => {
    await run.run()
    const loaded = await reading<Record<string, { train: { rows: { id: string; images: unknown[] }[] } }>>(
      'newest',
      'datasets_rows.py',
      join(run.folder, 'export'),
    )
    for (const name of ['hf', 'llamafactory']) {
      const rows = loaded[name]?.train.rows ?? []
      expect([name, rows.map(({ images }) => images.length)]).toEqual([name, [1, 1, ...Array(12).fill(0)]])
    }
  })
})
