import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRight } from '../../../answers/compare.ts'
import { factbookCorpus, flagCorpus, flags } from '../../../examples/demo/flags.ts'
import { runOn } from '../../../pipeline/jobs/open-run.ts'
import { solveAndDecide } from '../../../pipeline/jobs/solve-and-decide.ts'
import { settings } from '../../../pipeline/settings.ts'
import { bubblewrap } from '../../../sandbox/bubblewrap.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { plantedFault } from '../../../teachers/program/faults.ts'
import { program } from '../../../teachers/program/program.ts'
import type { Teacher } from '../../../teachers/teacher.ts'
import { imageSearch } from '../../../tools/image-search.ts'
import { python } from '../../../tools/python.ts'
import { textSearch } from '../../../tools/text-search.ts'
import { temporaryFolder } from '../../fixtures.ts'

let made: Awaited<ReturnType<typeof corpora>>
beforeAll(async () => {
  made = await corpora()
})
afterAll(() => made[Symbol.asyncDispose]())

async function corpora() {
  const folder = await temporaryFolder()
  const pictures = await flagCorpus({ path: join(folder.path, 'pictures.sqlite') })
  const texts = await factbookCorpus({ path: join(folder.path, 'texts.sqlite') })
  const close = () => {
    pictures.close()
    texts.close()
    return folder[Symbol.asyncDispose]()
  }
  return { pictures, texts, [Symbol.asyncDispose]: close }
}

/** What a teacher makes of the first flag tasks of the demo, with real tools: two of each kind at 28. */
async function trajectoriesOf(teacher: Teacher, count: number): Promise<Trajectory[]> {
  await using folder = await temporaryFolder()
  await using sandbox = bubblewrap()
  const config = settings({
    name: 'flags',
    tasks: flags({ seed: 5, count }),
    teachers: [teacher],
    tools: [python(), imageSearch({ corpus: made.pictures }), textSearch({ corpus: made.texts })],
    sandbox,
    checks: [],
    filters: [],
    exports: [],
    output: folder.path,
  })
  await using store = await openSqliteStore(config.folder)
  const { signal } = new AbortController()
  await solveAndDecide(await runOn(store, config, { listen: () => {}, signal, asks: 'anybody' }))
  await teacher.close?.()
  return (await Array.fromAsync(store.scan<Trajectory>('trajectories'))).map(({ value }) => value)
}

const right = ({ outcome, task }: Trajectory): boolean =>
  outcome.kind === 'answered' && isRight(outcome.answer, task)

test('it answers questions about flags from what the tools show, each call with a rationale', async () => {
  const trajectories = await trajectoriesOf(program({ errors: 0 }), 28)
  expect(trajectories).toHaveLength(28)
  const wrong = trajectories.filter(trajectory => !right(trajectory))
  expect(wrong.length, wrong.map(({ task }) => task.question).join('\n')).toBeLessThanOrEqual(4)
  for (const { turns } of trajectories) {
    expect(turns.map(({ reply }) => plantedFault(reply.raw))).toEqual(turns.map(() => null))
    for (const { reply } of turns) expect(reply.text.length).toBeGreaterThan(20)
  }
})

test('planted faults that can be recovered from do not keep it from the answer', async () => {
  const errors = { python_exception: 0.2, malformed_arguments: 0.15, unknown_tool: 0.15 }
  const trajectories = await trajectoriesOf(program({ errors }), 14)
  const planted = trajectories.flatMap(({ turns }) =>
    turns.flatMap(({ reply }) => plantedFault(reply.raw) ?? []),
  )
  const mistakes = trajectories.flatMap(({ turns }) =>
    turns.flatMap(({ observations }) => observations.flatMap(({ mistake }) => mistake ?? [])),
  )
  expect(new Set(planted)).toEqual(new Set(Object.keys(errors)))
  expect(mistakes).toHaveLength(planted.length)
  const outOfTurns = ({ outcome }: Trajectory) => outcome.kind === 'stopped' && outcome.by === 'turns'
  expect(trajectories.filter(it => right(it) || outOfTurns(it)).length).toBeGreaterThanOrEqual(12)
})

test('its options say what it is and do not hold where it was reached', () => {
  const { name, options, samples } = program({ seed: 3, samples: 2, errors: { empty: 0.1 } })
  expect({ name, samples }).toEqual({ name: 'program', samples: 2 })
  expect(options).toMatchObject({
    model: 'kindling-program-1',
    version: expect.stringMatching(/^[0-9a-f]{64}$/),
    seed: 3,
    errors: { empty: 0.1, wrong_answer: 0 },
    skills: expect.arrayContaining(['flags', 'lines', 'grid', 'squares']),
  })
  expect(JSON.stringify(options)).not.toContain('127.0.0.1')
  expect(program({ seed: 3 }).options).toEqual(program({ seed: 3 }).options)
  expect(program({ seed: 4 }).options).not.toEqual(program({ seed: 3 }).options)
})

test('a wrong rate is refused before anything runs', () => {
  expect(() => program({ errors: 2 })).toThrow(/between 0 and 1/)
})

test('it can be asked again after it was closed', async () => {
  const teacher = program({ errors: 0, skills: [] })
  const request = {
    system: 'Solve it.',
    question: [{ type: 'text' as const, text: 'Why?' }],
    turns: [],
    tools: [],
    sample: 0,
    maxTokens: 1000,
    bytes: () => Promise.reject(new Error('there are no images')),
  }
  const first = await teacher.ask(request, new AbortController().signal)
  await teacher.close?.()
  expect(await teacher.ask(request, new AbortController().signal)).toEqual(first)
  await teacher.close?.()
})
