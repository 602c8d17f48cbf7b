import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isRight } from '../../../answers/compare.ts'
import { factbookCorpus, flagCorpus, flags as flagTasks } from '../../../examples/demo/flags.ts'
import { bubblewrap } from '../../../sandbox/bubblewrap.ts'
import type { TaskDraft } from '../../../tasks/source.ts'
import type { SeenStep, Step } from '../../../teachers/program/skill.ts'
import { flags } from '../../../teachers/program/skills/flags.ts'
import { imageSearch } from '../../../tools/image-search.ts'
import { python } from '../../../tools/python.ts'
import { textSearch } from '../../../tools/text-search.ts'
import type { Tool } from '../../../tools/tool.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { bench } from '../../tools/bench.ts'

const sandbox = bubblewrap()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Everything that was done about a task, each call made as the pipeline makes it. */
async function solved({ question, images }: TaskDraft, tools: Tool[]) {
  await using work = await bench(
    sandbox,
    images.flatMap(image => ('bytes' in image ? [image.bytes] : [])),
  )
  const steps: SeenStep[] = []
  for (;;) {
    const step = flags.next({ question, images: images.length, tools: [], steps })
    if (step.kind !== 'call') return { steps, end: step, shown: [...work.context.images] }
    const tool = tools.find(({ name }) => name === step.name)
    if (!tool) throw new Error(`it asked for ${step.name}`)
    const { text } = await work.call(tool, step.arguments)
    steps.push({ name: step.name, arguments: step.arguments, text })
  }
}

const endsRight = (end: Step, task: TaskDraft) => end.kind === 'answer' && isRight(end.answer, task)

test('A flag that hangs among others is cropped in Python, and the crop is what is searched for', async () => {
  await using folder = await temporaryFolder()
  const images = await flagCorpus({ path: join(folder.path, 'flags.sqlite') })
  const texts = await factbookCorpus({ path: join(folder.path, 'factbook.sqlite') })
  const tools = [python(), imageSearch({ corpus: images }), textSearch({ corpus: texts })]
  const rows = await Array.fromAsync(flagTasks({ seed: 7, count: 140 }).read())
  const scenes = rows.flatMap(row => ('question' in row && row.meta.place ? [row] : []))
  expect(scenes.length).toBeGreaterThanOrEqual(12)
  const wrong: string[] = []
  for (const task of scenes) {
    const { steps, end, shown } = await solved(task, tools)
    expect(steps.slice(0, 2)).toMatchObject([
      { name: 'python' },
      { name: 'image_search', arguments: { image: 'image_2' } },
    ])
    const [whole, crop] = shown
    expect(crop?.width).toBeLessThan((whole?.width ?? 0) / 3)
    expect(crop?.height).toBeLessThan((whole?.height ?? 0) / 3)
    if (!endsRight(end, task))
      wrong.push(`${task.id} ${task.question} (${JSON.stringify(task.meta)}): ${JSON.stringify(end)}`)
  }
  expect(wrong).toEqual([])
  images.close()
  texts.close()
})
