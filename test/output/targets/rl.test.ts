import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { answerTo } from '../../../cli/judging/reward.ts'
import type { ScreenedTask, TaskContext, TaskExport } from '../../../output/export.ts'
import { deepEyesRl } from '../../../output/targets/deepeyes-rl.ts'
import { openRlhf } from '../../../output/targets/openrlhf.ts'
import type { PoolOptions } from '../../../output/targets/rl-row.ts'
import { screenedOut } from '../../../output/targets/screened-out.ts'
import { trlGrpo } from '../../../output/targets/trl-grpo.ts'
import { verlRl } from '../../../output/targets/verl-rl.ts'
import { writeExports } from '../../../output/write.ts'
import type { Screening } from '../../../schemas/screening.ts'
import type { Task } from '../../../schemas/task.ts'
import { kinds, temporaryFolder, trajectory } from '../../fixtures.ts'
import { type Age, reading } from '../../readers.ts'
import { album, run, stream } from '../rows.ts'
import { count } from './sharegpt.ts'

const { images, bytes } = await album([
  [8, 6],
  [5, 5],
  [7, 7],
])
const [one, two, found] = images as [
  (typeof images)[number],
  (typeof images)[number],
  (typeof images)[number],
]
const parameters = { type: 'object', properties: {} }
const tools = ['python', 'text_search', 'image_search'].map(name => ({ name, description: name, parameters }))

const screening = (changes: Partial<Task>, more: Partial<Screening> = {}): Screening => ({
  task: { ...trajectory().task, images: [one], ...changes },
  route: 'rl',
  by: 'difficulty',
  reason: 'solved_with_tools',
  detail: 'right 0 of 8 without tools, 3 of 8 with them',
  data: { difficulty: { aided: { right: 3, of: 8 } } },
  ...more,
})

const pool: Screening[] = [
  screening({ id: 'p/1', images: [one, two], answer: 'qzxanswer', answerType: 'text' }),
  screening({ id: 's/1', category: 'search', question: 'Whose is <image> this?' }),
  screening({ id: 's/2', category: 'search', images: [two] }),
  screening({ id: 'm/1', category: 'mathematics' }),
  screening({ id: 'o/1', category: 'other' }),
  screening({ id: 'l/1', answer: 'x'.repeat(300) }),
  screening({
    id: 'c/1',
    category: 'other',
    images: [],
    question: 'How many, <tools> aside?',
    answer: '8',
    answerType: 'choice',
    choices: ['8', '9'],
    tolerance: 0.01,
  }),
  screening({ id: 'sft/1' }, { route: 'sft', by: '', reason: '' }),
  screening(
    { id: 'd/1', choices: ['8', '9'], meta: { row: 3 } },
    { route: 'drop', reason: 'too_easy', detail: 'right 8 of 8' },
  ),
]

const tasks = (): ScreenedTask[] => [
  ...pool.map(screening => ({ id: screening.task.id, screening })),
  { id: 'unscreened/1', screening: null },
]

/** Only the first search is known. */
const imageSearch: TaskContext['imageSearch'] = async ({ id }) =>
  id === 's/1' ? { titles: ['A flag', 'No picture'], images: [found, null] } : undefined

const exports = [
  deepEyesRl({ sources: { mathematics: 'reason' } }),
  verlRl({ sources: { perception: 'kindling/look' } }),
  screenedOut(),
  openRlhf(),
  trlGrpo(),
]

const write = (folder: string, written: readonly TaskExport[] = exports) =>
  writeExports({
    folder: join(folder, 'export'),
    rows: stream([]),
    tasks: stream(tasks()),
    exports: written,
    about: run,
    bytes,
    tools,
    plainTools: tools.slice(0, 1),
    kinds,
    imageSearch,
  })

interface RlRow {
  data_source: string
  prompt: { role: string; content: string }[]
  images: { size: number[] }[]
  reward_model: { style: string; ground_truth: string }
  extra_info: Record<string, unknown>
  env_name?: string
  agent_name?: string
  altered: boolean
}

type Read = Record<string, { train?: { rows: RlRow[]; stored: unknown[] }; rejected?: { rows: unknown[] } }>
const rowsOf = (read: Read, name: string) => read[name]?.train?.rows ?? []

test.each<Age>(['newest', 'oldest'])('the %s datasets loads every pool, with decoded images', async age => {
  await using folder = await temporaryFolder()
  const { targets } = await write(folder.path)
  const read = await reading<Read>(age, 'datasets_rows.py', join(folder.path, 'export'))

  const deepeyes = rowsOf(read, 'deepeyes_rl')
  expect(deepeyes.map(({ data_source, extra_info }) => [data_source, extra_info.index])).toEqual([
    ['perception', 'p/1'],
    ['search', 'fvqa/s/1'],
    ['search', 'fvqa/s/2'],
    ['reason', 'm/1'],
  ])
  expect(targets.deepeyes_rl?.declined).toEqual({ unknown_category: 2, long_answer: 1 })
  for (const row of deepeyes)
    expect(row).toMatchObject({
      env_name: 'deepeyes_v2',
      reward_model: { style: 'model', ground_truth: row.extra_info.answer },
      extra_info: { split: 'train', data_source: row.data_source, question: expect.any(String) },
    })

  const verl = rowsOf(read, 'verl_rl')
  expect(verl.map(row => row.data_source)).toEqual([
    'kindling/look',
    'search',
    'search',
    'mathematics',
    'other',
    'other',
  ])
  for (const row of verl)
    expect(row).toMatchObject({
      agent_name: 'tool_agent',
      reward_model: { style: 'rule' },
      extra_info: {
        index: expect.any(Number),
        need_tools_kwargs: false,
        tool_selection: tools.map(({ name }) => name).slice(0, row.images.length === 0 ? 1 : 3),
      },
    })
  expect(new Set(verl.map(({ extra_info }) => extra_info.index)).size).toBe(6)

  for (const row of [...deepeyes, ...verl]) {
    expect(row.prompt.map(({ role }) => role)).toEqual(['system', 'user'])
    expect(count(row.prompt.map(({ content }) => content).join())).toBe(row.images.length)
    expect(row.altered).toBe(['s/1', 'c/1'].includes(String(row.extra_info.id)))
    expect(JSON.parse(String(row.extra_info.screening))).toEqual({
      difficulty: { aided: { right: 3, of: 8 } },
    })
  }
  expect(deepeyes[0]?.images).toEqual([
    { size: [8, 6], mode: 'RGB' },
    { size: [5, 5], mode: 'RGB' },
  ])
  expect(read.screened_out?.rejected?.rows).toMatchObject([
    {
      id: 'd/1',
      reason: 'difficulty_too_easy',
      detail: 'right 8 of 8',
      choices: ['8', '9'],
      meta: '{"row":3}',
    },
  ])
})

interface Named {
  id: string
  prompt: { role: string; content: string | { type: string; text: string | null }[] }[]
  images: unknown[]
  altered: boolean
}

interface RuledPools {
  verl_rl: { train: { rows: (RlRow & Named)[] } }
  openrlhf: { train: { rows: (Named & { label: string; datasource: string; answer: string })[] } }
  trl_grpo: { train: { rows: (Named & Record<string, unknown>)[] } }
}

test('pools of other trainers hold the same tasks in their own columns, and each row what judges it', async () => {
  await using folder = await temporaryFolder()
  const { targets } = await write(folder.path)
  const path = join(folder.path, 'export')
  const read = await reading<RuledPools>('newest', 'datasets_rows.py', path)
  const verl = read.verl_rl.train.rows
  const openrlhf = read.openrlhf.train.rows
  const trl = read.trl_grpo.train.rows
  const ids = ['p/1', 's/1', 's/2', 'm/1', 'o/1', 'c/1']
  expect(openrlhf.map(({ id }) => id)).toEqual(ids)
  expect(trl.map(({ id }) => id)).toEqual(ids)
  for (const name of ['verl_rl', 'openrlhf', 'trl_grpo'])
    expect(targets[name]?.declined).toEqual({ long_answer: 1 })

  for (const [index, id] of ids.entries()) {
    const [one, other] = [openrlhf[index], trl[index]]
    const info = verl[index]?.extra_info ?? {}
    const { question, answer, answer_type, choices, tolerance } = info
    const judged = { ground_truth: answer, question, answer_type, choices, tolerance }
    expect(JSON.parse(String(one?.label))).toEqual(judged)
    expect(other).toMatchObject(judged)
    expect(answerTo(JSON.stringify({ ...judged, id, solution: `<answer>${answer}</answer>` }), 1)).toEqual({
      id,
      score: 1,
      reason: 'right',
    })
    expect(one?.images).toEqual(verl[index]?.images)
    expect(other?.images).toEqual(verl[index]?.images)
    const parts = (other?.prompt ?? []).flatMap(({ content }) => content as { type: string }[])
    expect(parts.filter(({ type }) => type === 'image').length).toBe(other?.images.length)
    const offered = id === 'c/1' ? ['python'] : tools.map(({ name }) => name)
    for (const { name } of tools)
      expect(String(one?.prompt[0]?.content).includes(`"name":"${name}"`)).toBe(offered.includes(name))
    expect([one?.altered, other?.altered]).toEqual([verl[index]?.altered, verl[index]?.altered])
  }
})

test.each([
  ['deepeyes_rl', deepEyesRl],
  ['verl_rl', verlRl],
  ['openrlhf', openRlhf],
  ['trl_grpo', trlGrpo],
] as [string, (options: PoolOptions) => TaskExport][])(
  '%s says how long its prompts are, and declines those that are longer than they may be',
  async (name, made) => {
    await using folder = await temporaryFolder()
    const all = (await write(join(folder.path, 'all'), [made({})])).targets[name]
    const longest = all?.tokens?.longest ?? 0
    const { targets } = await write(join(folder.path, 'bounded'), [made({ maxTokens: longest - 1 })])
    expect(longest).toBeGreaterThan(all?.tokens?.median ?? Infinity)
    expect(targets[name]?.declined.too_long).toBeGreaterThan(0)
    expect(targets[name]?.tokens?.longest).toBeLessThan(longest)
    expect(made({ maxTokens: 9 }).options.maxTokens).toBe(9)
    expect(made({}).options).not.toHaveProperty('maxTokens')
  },
)

test('a trainer’s files name the tools, and what judges answers is there', async () => {
  await using folder = await temporaryFolder()
  const { targets } = await write(folder.path)
  const fileIn = (...path: string[]) => readFile(join(folder.path, 'export', ...path), 'utf8')
  const described = tools.map(tool => ({ type: 'function', function: tool }))
  const { tools: known } = parse(await fileIn('verl_rl/tools.yaml'))
  expect(known).toEqual(
    described.map(tool_schema => ({ class_name: 'FILL.IN', config: { type: 'native' }, tool_schema })),
  )
  expect(JSON.parse(await fileIn('trl_grpo/tools.json'))).toEqual(described)
  const settings = parse(await fileIn('verl_rl/grpo.yaml'))
  expect(settings.actor_rollout_ref.rollout.multi_turn.max_tool_response_length).toBeGreaterThan(256)
  expect(settings.data.max_prompt_length).toBeGreaterThan(targets.verl_rl?.tokens?.longest ?? Infinity)
  expect(await fileIn('openrlhf/grpo.sh')).toMatch(/--data\.label_key label .*--data\.max_len \d+ /s)
  const rewards = await Promise.all(
    ['verl_rl', 'openrlhf', 'trl_grpo'].map(name => fileIn(name, 'reward.py')),
  )
  expect(new Set(rewards).size).toBe(1)
})

test('the student is told and asked what it was in the cold start', async () => {
  const context = { bytes, kinds, tools, offered: tools, imageSearch }
  const rows = await Promise.all(pool.slice(0, 2).map(one => deepEyesRl().row(one, context)))
  const [[system, user], [searching]] = rows.map(
    projected => (projected.keep ? projected.row.prompt : []) as { content: string }[],
  ) as [{ content: string }[], { content: string }[]]
  // The environment ends an episode at an image search that is not in its cache.
  expect(system?.content).not.toContain('image_search')
  expect(searching?.content).toContain('{"name": "image_search"}')
  expect(user?.content).toMatch(
    /^<image>\n<image>\nHow wide is the image, in pixels\?\n\nYou must put your answer inside <answer>/,
  )
})

test('the answer, and all that was only for people, stands in reward_model and extra_info alone', async () => {
  const secret = screening({
    id: 'qzxid',
    answer: 'qzxanswer',
    answerType: 'text',
    category: 'search',
    source: { name: 'qzxsource', licence: 'qzxlicence', url: 'https://qzx.example' },
    meta: { hint: 'qzxmeta' },
  })
  for (const target of exports.slice(0, 2)) {
    const projected = await target.row(
      { ...secret, detail: 'qzxdetail', data: { difficulty: { said: 'qzxanswer' } } },
      { bytes, kinds, tools, offered: tools, imageSearch },
    )
    if (!projected.keep) throw new Error(projected.reason)
    const { reward_model, extra_info, images, ...shown } = projected.row
    const paths = (images as { path: string }[]).map(({ path }) => path)
    expect(JSON.stringify([shown, paths])).not.toMatch(/qzx/)
    expect(JSON.stringify([reward_model])).toContain('qzxanswer')
    expect(JSON.stringify(extra_info, (_, value) => (typeof value === 'bigint' ? 0 : value))).toContain(
      'qzxid',
    )
  }
})

test('the image searches of search rows are in the cache, by the index of their rows, with images beside it', async () => {
  await using folder = await temporaryFolder()
  await write(folder.path)
  const beside = join(folder.path, 'export/deepeyes_rl')
  const cache = JSON.parse(await readFile(join(beside, 'fvqa_train_image_search_results_cache.json'), 'utf8'))
  const path = `cached_images/${found.sha256}.png`
  expect(cache).toEqual({
    'fvqa/s/1': { tool_returned_web_title: ['A flag', 'No picture'], cached_images_path: [path, null] },
  })
  expect(await readFile(join(beside, path))).toEqual(Buffer.from(await bytes(found)))
  expect((await readdir(join(beside, 'data'))).every(name => name.endsWith('.parquet'))).toBe(true)
  const { files } = JSON.parse(await readFile(join(folder.path, 'export/manifest.json'), 'utf8'))
  expect(files.map((file: { path: string }) => file.path)).toContain(`deepeyes_rl/${path}`)
})

test('the same tasks give the same files, and a run that screens nothing has empty pools', async () => {
  await using first = await temporaryFolder()
  await using second = await temporaryFolder()
  await write(first.path)
  await write(second.path)
  const manifest = (folder: string) => readFile(join(folder, 'export/manifest.json'), 'utf8')
  expect(await manifest(first.path)).toBe(await manifest(second.path))

  await using empty = await temporaryFolder()
  const { targets, summary } = await writeExports({
    folder: join(empty.path, 'export'),
    rows: stream([]),
    exports,
    about: run,
    bytes,
  })
  expect(targets).toMatchObject({ deepeyes_rl: { rows: 0 }, verl_rl: { rows: 0 }, screened_out: { rows: 0 } })
  expect(summary.screening).toBe(null)
  expect(JSON.parse(await manifest(empty.path)).funnel).not.toHaveProperty('screening')
})
