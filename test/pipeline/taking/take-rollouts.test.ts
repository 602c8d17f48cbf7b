import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { answer } from '../../../checks/answer.ts'
import { codeErrors } from '../../../checks/code-errors.ts'
import { reexecutes } from '../../../checks/reexecutes.ts'
import { repeats } from '../../../checks/rerun/repeats.ts'
import { hf } from '../../../output/targets/hf.ts'
import { llamaFactory } from '../../../output/targets/llama-factory.ts'
import { kindlingExport } from '../../../rollouts/formats/kindling-export.ts'
import { shareGpt } from '../../../rollouts/formats/share-gpt.ts'
import type { ProfileName } from '../../../rollouts/profiles.ts'
import { exported } from '../../../rollouts/record.ts'
import type { RolloutSource } from '../../../rollouts/source.ts'
import { bubblewrap } from '../../../sandbox/bubblewrap.ts'
import { sha256 } from '../../../schemas/hash.ts'
import { stateOf } from '../../../schemas/measurement.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { secret } from '../../conformance/rollout-source.ts'
import { story, storyFolder } from '../../rollouts/story.ts'
import { runs, says, scripted, type TestRun, tasks, withRun } from '../scripted.ts'

const sandbox = bubblewrap()
afterAll(() => sandbox[Symbol.asyncDispose]())

const checks = [answer(), codeErrors(), reexecutes(), repeats()]
const draws = 'print(image_1.width)\nimage_1.crop((0, 0, 4, 4))'
const solver = scripted(({ turns }) => (turns.length === 0 ? runs(draws) : says('8')))

/** What checks say of each row, by their names, with the cause where they could not tell. */
const saidOf = async (run: TestRun) =>
  (await run.rows()).map(({ measured: { facts } }) =>
    Object.fromEntries(facts.map(fact => [fact.check, stateOf(fact) === 'passed' ? 'passed' : fact.reason])),
  )

/** The rollouts of a run and its export, handed to a run that brings them in. */
async function brought(
  source: (folder: string) => RolloutSource | RolloutSource[],
  work: (there: Trajectory[], run: TestRun) => Promise<void>,
) {
  await withRun(
    { sandbox, teachers: [solver], tasks: tasks(2), exports: [hf(), llamaFactory()] },
    async made => {
      await made.run()
      const rollouts = source(join(made.folder, 'export'))
      const there = await made.trajectories()
      await withRun({ sandbox, teachers: [], tasks: [], rollouts, checks }, run => work(there, run))
    },
  )
}

test('what kindling exported comes back as it was, under its key, and says where it was read', async () => {
  await brought(
    folder => kindlingExport(join(folder, 'hf')),
    async (there, run) => {
      await run.run()
      const here = await run.trajectories()
      expect(here.map(({ origin: _, ...rest }) => rest)).toEqual(
        JSON.parse(JSON.stringify(there.map(exported))),
      )
      expect(here.map(({ origin }) => origin)).toMatchObject(
        [1, 2].map(() => ({ format: 'kindling', lacks: [] })),
      )
      expect(await saidOf(run)).toContainEqual({
        answer: 'passed',
        code_errors: 'passed',
        reexecutes: 'passed',
        repeats: 'passed',
      })
    },
  )
})

test('a row of others is run again from what it shows, and its record made anew', async () => {
  await brought(
    folder => shareGpt(join(folder, 'llamafactory'), { licence: 'CC0-1.0' }),
    async (there, run) => {
      await run.run()
      const here = await run.trajectories()
      const cells = (all: Trajectory[]) =>
        all
          .map(({ turns }) => turns.flatMap(({ observations }) => observations.map(({ data }) => data)))
          .toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
      expect(here).toHaveLength(2)
      expect(cells(here)).toEqual(cells(there))
      expect(here.map(({ environment }) => environment.kind)).toEqual(['unknown', 'unknown'])
      const rerun = { verdict: 'same', ran: 1, of: 1, rebuilt: 1, pictures: 1 }
      expect(here.map(({ origin }) => origin)).toMatchObject([{ rerun }, { rerun }])
      const said = { answer: 'no_key', code_errors: 'passed', reexecutes: 'passed', repeats: 'passed' }
      expect(await saidOf(run)).toEqual([said, said])
    },
  )
})

const conversation = (result: string, code: string = draws, answered = '8') => ({
  conversations: [
    { from: 'human', value: `<image>\n${story.question}` },
    { from: 'function_call', value: JSON.stringify({ name: 'python', arguments: { code } }) },
    { from: 'observation', value: result },
    { from: 'gpt', value: `It follows.\n<answer>${answered}</answer>` },
  ],
  images: ['a.png', 'b.png'],
})

const plainCode = 'print(image_1.width)'

test.each<[string, string, object]>([
  ['same', '', conversation('stdout:\n8', plainCode)],
  ['same', '', conversation('8', plainCode)],
  [
    'same',
    '',
    conversation('Code execution result:\nstdout:\n```\n8\n```\n\nstderr:\n```\n\n```', plainCode),
  ],
  ['same', '', conversation('stdout:\n8\n\nImages: image_2 (4x4)\n<image>')],
  ['same', '', conversation('{"stdout": "8\\n", "stderr": "", "result": null}', plainCode)],
  ['differs', '', conversation('{"stdout": "9\\n", "stderr": "", "result": null}', plainCode)],
  ['differs', '', conversation('stdout:\n9', plainCode)],
  ['differs', '', conversation('It is lovely.', plainCode)],
  [
    'environment_differs',
    '',
    conversation('stdout:\n8\n\nImages: image_2 (4x4)\n<image>', `${plainCode}\nimage_1.crop((0, 0, 3, 3))`),
  ],
  ['environment_differs', '', conversation('0.333333333', 'print(1 / 3)')],
  ['not_repeatable', '', conversation('17', 'import time\nprint(time.time_ns())')],
  ['not_repeatable', '', conversation('17', 'import os\nprint(os.urandom(8))')],
  ['cannot_run', 'missing_library', conversation('done', 'import nowhere_to_be_found\nprint(1)')],
  [
    'cannot_run',
    'missing_library',
    conversation("Traceback (most recent call last):\nModuleNotFoundError: No module named 'PIL'", plainCode),
  ],
  ['cannot_run', 'preset_missing', conversation('8', 'print(helper(image_1))')],
  ['differs', '', conversation('8', 'if image_1.width == 0:\n  found = 8\nprint(found)')],
  ['cannot_run', 'needs_file', conversation('8', "print(open('/mnt/theirs/a.txt').read())")],
  ['cannot_run', 'image_missing', { ...conversation('stdout:\n8', plainCode), images: ['gone.png'] }],
])('a row is %s (%s) by what its code does here', async (verdict, cause, row) => {
  await using folder = await storyFolder()
  const rollouts = shareGpt(await folder.rows('rows.jsonl', [row]))
  await withRun({ sandbox, teachers: [], tasks: [], rollouts, checks: [repeats()] }, async run => {
    await run.run()
    const [{ origin } = {}] = await run.trajectories()
    expect(origin?.rerun).toMatchObject({ verdict, cause })
    const [fact] = (await run.rows()).flatMap(({ measured }) => measured.facts)
    const state = { same: 'passed', differs: 'failed' }[verdict] ?? 'could_not_tell'
    expect(fact && [stateOf(fact), fact.reason]).toEqual([state, verdict === 'same' ? '' : cause || verdict])
    expect(fact?.detail).toMatch(/calls run again: \d of 1/)
  })
})

test.each<[code: string, profile: ProfileName, verdict: string]>([
  [plainCode, 'deepeyes_v2', 'differs'],
  [`if True:\n    pass\n${plainCode}`, 'deepeyes_v2', 'rewritten'],
  [plainCode, 'thyme', 'rewritten'],
])('%j, which shows another result under the profile %s, is %s', async (code, profile, verdict) => {
  await using folder = await storyFolder()
  const file = await folder.rows('rows.jsonl', [conversation('9', code)])
  await withRun({ sandbox, teachers: [], tasks: [], rollouts: shareGpt(file, { profile }) }, async run => {
    await run.run()
    expect((await run.trajectories()).map(({ origin }) => origin?.rerun?.verdict)).toEqual([verdict])
  })
})

test('a row whose code does the same, and which asks a service beside it, is not called the same', async () => {
  await using folder = await storyFolder()
  const { conversations, images } = conversation('8', plainCode)
  const search = JSON.stringify({ name: 'search', arguments: { query: 'width' } })
  const searched = [
    { from: 'function_call', value: search },
    { from: 'observation', value: 'It is 8.' },
  ]
  const row = { conversations: conversations.toSpliced(3, 0, ...searched), images: images.slice(0, 1) }
  const rollouts = shareGpt(await folder.rows('rows.jsonl', [row]))
  await withRun({ sandbox, teachers: [], tasks: [], rollouts, checks: [repeats()] }, async run => {
    await run.run()
    const [fact] = (await run.rows()).flatMap(({ measured }) => measured.facts)
    expect(fact).toMatchObject({ reason: 'service_tool', couldNotTell: true, data: { ran: 1, of: 2 } })
  })
})

test('bad rows cost themselves, are told once, and are kept with their places', async () => {
  await using folder = await storyFolder()
  const good = conversation('8', plainCode)
  const rows = [good, { note: secret }, good, conversation('8', plainCode, '9'), 'no row']
  const rollouts = shareGpt(await folder.rows('rows.jsonl', rows))
  await withRun({ sandbox, teachers: [], tasks: [], rollouts }, async run => {
    await run.run()
    expect(await run.trajectories()).toHaveLength(2)
    const told = run.progress.flatMap(each =>
      each.kind === 'warning' || each.kind === 'note' ? [each.message] : [],
    )
    expect(told).toContainEqual(
      expect.stringMatching(/^share_gpt: 2 of 5 rows are not read \(first: .*rows\.jsonl:2: has no/),
    )
    expect(told).toContainEqual('share_gpt: 1 of 3 rows say the same as an earlier one')
    const kept = await readFile(join(run.folder, 'rollouts.json'), 'utf8')
    expect(JSON.parse(kept).sources).toMatchObject([{ rows: 3, repeated: 1, unread: 2, faults: [{}, {}] }])
    const { rollouts } = JSON.parse(await readFile(join(run.folder, 'inputs.json'), 'utf8'))
    const bytes = Buffer.from(rows.map(row => `${JSON.stringify(row)}\n`).join(''))
    const files = [{ path: rollouts[0].files[0].path, bytes: bytes.length, sha256: sha256(bytes) }]
    expect(rollouts).toEqual([{ name: 'share_gpt', licence: 'unknown', rows: 3, unread: 2, files }])
    expect(files[0]?.path).toMatch(/rows\.jsonl$/)
    expect(kept).not.toContain(secret)
  })
})

test('a source without any good row is refused', async () => {
  await using folder = await storyFolder()
  const rollouts = shareGpt(await folder.rows('rows.jsonl', [{ note: secret }]))
  await withRun({ sandbox, teachers: [], tasks: [], rollouts }, async run => {
    await expect(run.run()).rejects.toThrow(/^rollouts: share_gpt: no row can be read \(first: /)
  })
})

test('what was run again is not run again, and rollouts of others stand beside own ones', async () => {
  await using folder = await storyFolder()
  const rollouts = shareGpt(await folder.rows('rows.jsonl', [conversation('8', plainCode)]))
  await withRun({ sandbox, teachers: [solver], tasks: tasks(1), rollouts, checks }, async run => {
    await run.run()
    expect((await run.trajectories()).map(({ origin }) => origin?.format ?? 'here').sort()).toEqual([
      'here',
      'share_gpt',
    ])
    run.progress.length = 0
    await run.run()
    expect(run.progress.findLast(each => each.kind === 'done' && each.stage === 'rerun')).toMatchObject({
      done: 1,
      already: 1,
    })
  })
})

test('however many rows there are, few are held at once', async () => {
  await using folder = await storyFolder()
  const [draft] = await Array.fromAsync(
    shareGpt(await folder.rows('rows.jsonl', [conversation('8', plainCode)])).read(),
  )
  if (!draft || !('kind' in draft) || draft.kind !== 'conversation') throw new Error(JSON.stringify(draft))
  await withRun({ sandbox, teachers: [solver] }, async run => {
    const ahead: number[] = []
    const rollouts: RolloutSource = {
      name: 'endless',
      options: {},
      async *read() {
        for (let row = 1; row <= 1200; row++) {
          if (row % 3 === 0) yield { place: `endless:${row}`, problem: 'is none; leave it out' }
          else {
            const turns = [{ text: `<answer>${row}</answer>`, reasoning: null, calls: [], results: [] }]
            yield {
              ...draft,
              place: `endless:${row}`,
              origin: { file: 'endless', row },
              turns,
              answer: String(row),
            }
          }
          const bad = Math.floor(row / 3)
          ahead.push(row - bad - (await run.store.count('trajectories')))
        }
      },
    }
    await run.run({ teachers: [], tasks: [], rollouts })
    expect(await run.store.count('trajectories')).toBe(800)
    expect(ahead).toHaveLength(1200)
    // A page that is read, and those that wait to be written.
    expect(Math.max(...ahead)).toBeLessThanOrEqual(16 + 256)
  })
})
