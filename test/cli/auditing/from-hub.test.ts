import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { story, storyFolder } from '../../rollouts/story.ts'
import { hubServer, type Mood } from '../../tasks/remote/hub-server.ts'
import { commandIn } from '../command.ts'

const row = (id: number, images: unknown = ['pictures/a.png', 'pictures/b.png']) => ({
  id: `row/${id}`,
  conversations: [
    { from: 'human', value: `<image>\n${story.question} (${id})` },
    {
      from: 'function_call',
      value: `${story.thought}\n${JSON.stringify({ name: 'python', arguments: { code: story.code } })}`,
    },
    { from: 'observation', value: `${story.shown}\n<image>` },
    { from: 'gpt', value: `${story.final}\n<answer>8</answer>` },
  ],
  images,
})
const lines = (rows: readonly object[]) => rows.map(each => `${JSON.stringify(each)}\n`).join('')

/** A folder to work in and a Hub with two files of rows and something else beside them. */
async function workplace() {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await storyFolder())
  const hub = stack.use(await hubServer())
  const [a, b] = await Promise.all(['a.png', 'b.png'].map(name => readFile(join(folder.path, name))))
  hub.commit({
    'README.md': 'A card.',
    'data/part-1.jsonl': lines([row(1), row(2)]),
    'data/part-2.jsonl': lines([row(3, ['pictures/gone.png', 'pictures/b.png'])]),
    'data/pictures/a.png': a ?? '',
    'data/pictures/b.png': b ?? '',
    'weights/other.bin': 'x'.repeat(100_000),
  })
  const env = { HF_ENDPOINT: hub.origin, HF_HOME: folder.path, HF_TOKEN: '', XDG_CACHE_HOME: folder.path }
  const { kindling } = commandIn(folder.path, env)
  return {
    hub,
    path: folder.path,
    audit: (place: string, ...more: string[]) =>
      kindling(['audit', place, '--to', 'llamafactory', '--json', ...more]),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

test('rows of the Hub are audited with their pictures, and nothing else is fetched', async () => {
  await using work = await workplace()
  const done = await work.audit('hf://datasets/own/tasks/data/*.jsonl')
  const result = JSON.parse(done.out.trim().split('\n').at(-1) ?? '')
  expect(result, done.err).toMatchObject({ rows: 3, kept: 3, verdicts: { same: 2, cannot_run: 1 } })
  expect(result.readAs).toBe('read as share_gpt: so look 3 of the first 3 rows')
  const lacks = result.lacks.map(({ reason, rows }: { reason: string; rows: number }) => [reason, rows])
  expect(Object.fromEntries(lacks)).toEqual({ key: 3, model: 3, tools: 3, ids: 3, image_missing: 1 })
  const fetched = work.hub.heard.map(({ url }) => url).filter(url => url.includes('/resolve/'))
  expect(new Set(fetched.map(url => url.split('/').slice(6).join('/')))).toEqual(
    new Set([
      'data/part-1.jsonl',
      'data/part-2.jsonl',
      'data/pictures/a.png',
      'data/pictures/b.png',
      'data/pictures/gone.png',
    ]),
  )
  expect(fetched.filter(url => url.endsWith('part-1.jsonl'))).toHaveLength(1)
})

test('of a place with a limit only the files are fetched that hold so many rows', async () => {
  await using work = await workplace()
  await work.audit('hf://datasets/own/tasks/data/*.jsonl', '--limit', '1', '--format', 'share_gpt')
  expect(work.hub.heard.map(({ url }) => url).join(' ')).not.toMatch(/resolve.*part-2/)
})

const restricted: Mood = () => ({
  status: 403,
  headers: { 'x-error-message': 'Access to dataset own/tasks is restricted.' },
})
test.each<[what: string, place: string, mood: Mood, code: number, line: RegExp]>([
  [
    'an unknown name',
    'hf://datasets/own/none/a.jsonl',
    () => undefined,
    2,
    /own\/none\S*: 404 .*; check the name/,
  ],
  [
    'a gated name',
    'hf://datasets/own/tasks/data/*.jsonl',
    restricted,
    69,
    /restricted\.; set HF_TOKEN .* accept the terms/,
  ],
  [
    'a path without a file',
    'hf://datasets/own/tasks/none/*.jsonl',
    () => undefined,
    2,
    /none\S*: .*; check the (path|name)/,
  ],
  ['a name that is none', 'hf://own', () => undefined, 2, /hf:\/\/own: .*write hf:\/\/datasets/],
])('%s ends in one line, and leaves no run', async (_, place, mood, code, line) => {
  await using work = await workplace()
  work.hub.state.mood = mood
  const done = await work.audit(place)
  expect(done.err.trim().split('\n')).toHaveLength(1)
  expect(done).toMatchObject({ code, err: expect.stringMatching(line) })
  expect(existsSync(join(work.path, 'runs'))).toBe(false)
})
