import { afterAll, expect, test } from 'vitest'
import { reexecutes } from '../../../checks/reexecutes.ts'
import { hf } from '../../../output/targets/hf.ts'
import { rejected } from '../../../output/targets/rejected.ts'
import { replayRun } from '../../../pipeline/jobs/replay.ts'
import type { Consulted, Trajectory } from '../../../schemas/trajectory.ts'
import { leakGuard } from '../../../tools/leak-guard.ts'
import { ServiceError } from '../../../tools/service.ts'
import { type TextProvider, textSearch } from '../../../tools/text-search.ts'
import { defineTool, type Tool } from '../../../tools/tool.ts'
import { smallJail } from '../../small-jail.ts'
import { calls, says, scripted, type TestRun, tasks, withRun, wordsOf } from '../scripted.ts'
import { hit, searchEngine } from '../search-server.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Searches for the number of the picture, then answers 8. */
const teacher = () =>
  scripted(asked => {
    const [, number = ''] = /picture (\d)/.exec(wordsOf(asked)) ?? []
    return asked.turns.length === 0
      ? calls(['text_search', JSON.stringify({ query: `lake ${number}` })])
      : says('8')
  })

/** Fails at lake 2, and each time finds something else beside what no teacher is to be shown. */
function engine() {
  const corpus: TextProvider & { asked: number } = {
    ...searchEngine('http://127.0.0.1:9/'),
    asked: 0,
    async search(query) {
      corpus.asked++
      if (query === 'lake 2') throw new ServiceError('it is down', { transient: false })
      return [hit(`${query} ${corpus.asked}`), hit('set', { link: 'https://huggingface.co/datasets/lakes' })]
    },
  }
  return corpus
}

const setting = async (tools: Tool[]) => ({
  sandbox,
  teachers: [teacher()],
  tasks: tasks(3),
  tools,
  checks: [reexecutes()],
  exports: [hf(), rejected()],
  leaks: await leakGuard(),
})

const lookedUp = { passed: true, reason: '', detail: 'cells run again: 0; searches looked up: 1' }

async function expectLookedUp(run: TestRun) {
  const facts = (await run.rows()).map(({ measured }) => measured.facts)
  expect(facts).toEqual([1, 2, 3].map(() => [{ check: 'reexecutes', version: 4, ...lookedUp }]))
}

test('searches are looked up as they were shown, also after a refresh and in a replay, and nobody is asked', async () => {
  const corpus = engine()
  await withRun(await setting([textSearch({ corpus })]), async run => {
    await run.run()
    await expectLookedUp(run)
    await run.refresh()
    await expectLookedUp(run)
    const { asked } = corpus
    const again = await run.open({}, { asks: 'nobody' }).then(replayRun)
    expect(again).toMatchObject({ different: [], missing: [], extra: [] })
    expect(corpus.asked).toBe(asked)
  })
})

test('curating again finds what was edited in the store, and of what is gone from the record nobody can tell', async () => {
  const corpus = engine()
  await withRun(await setting([textSearch({ corpus })]), async run => {
    await run.run({ checks: [] })
    const [edited, whole] = (await run.trajectories()).filter(
      ({ turns }) => !turns[0]?.observations[0]?.mistake,
    )
    if (!edited || !whole) throw new Error('nothing was found')
    await run.store.delete('trajectories', edited.key)
    await run.store.put('trajectories', edited.key, retold(edited))
    const { asked } = corpus
    await run.recurate()
    expect(await detailsOf(run, edited, whole)).toEqual([
      expect.stringMatching(/^text_search \(turn 1\): result 1 of 1: snippet line 1 was "It says nothing/),
      lookedUp.detail,
    ])
    for await (const { key } of run.store.scan('facts')) await run.store.delete('facts', key)
    for await (const { key } of run.store.scan('searches')) await run.store.delete('searches', key)
    await run.recurate()
    const silent = 'text_search (turn 1): what its service said then is not in the record'
    expect(await detailsOf(run, edited, whole)).toEqual([silent, silent])
    expect(corpus.asked).toBe(asked)
  })
})

function retold(trajectory: Trajectory): Trajectory {
  const copy = structuredClone(trajectory)
  const data = copy.turns[0]?.observations[0]?.data
  if (data?.kind === 'results') Object.assign(data.results[0] ?? {}, { snippet: 'It says nothing.' })
  return copy
}

async function detailsOf(run: TestRun, ...trajectories: Trajectory[]) {
  const rows = await run.rows()
  return trajectories.map(
    ({ key }) => rows.find(({ measured }) => measured.trajectory.key === key)?.measured.facts[0]?.detail,
  )
}

const consultedIn = (trajectories: Trajectory[]): Consulted[] =>
  trajectories.flatMap(({ turns }) =>
    turns.flatMap(({ observations }) => observations.flatMap(({ consulted = [] }) => consulted)),
  )

/** Asks b and a at once, whichever is answered first, and a failing c until it is answered. */
function impatient(first: string) {
  const service = { name: 'words', options: {}, usdPerCall: 0 }
  const answered = Promise.withResolvers<void>()
  let tries = 0
  return defineTool({
    ...textSearch({ corpus: { ...service, search: async () => [] } }),
    async run(_, { consult }) {
      const ask = (query: string) =>
        consult(service, { query }, async () => {
          if (query === first) answered.resolve()
          else await answered.promise
          return [query]
        })
      await Promise.all([ask('b'), ask('a'), ask('A')])
      const failing = () =>
        consult(service, { query: 'c' }, async () => {
          if (++tries < 2) throw new ServiceError('it is down', { transient: false })
          return ['c']
        })
      await failing().catch(failing)
      return { parts: [], data: null, mistake: null }
    },
  })
}

test('what a call asked is put down once each, in an order that no race decides, with the answer it got', async () => {
  const found: Consulted[][] = []
  for (const first of ['a', 'b'])
    await withRun({ ...(await setting([impatient(first)])), tasks: tasks(1) }, async run => {
      await run.run()
      found.push(consultedIn(await run.trajectories()))
    })
  expect(found[0]).toEqual(found[1])
  expect(found[0]).toHaveLength(3)
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/)
  for (const each of found[0] ?? [])
    expect(each).toEqual({ service: 'words', options: hash, query: hash, answer: hash })
})
