import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { hf } from '../../../output/targets/hf.ts'
import type { Fact } from '../../../schemas/trajectory.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { asLines, label } from '../../labels/labels.ts'
import { about, dropped, kept } from '../../output/rows.ts'
import { exported } from '../../view/exported.ts'
import { commandIn } from '../command.ts'

const votes = (...verdicts: string[]) => ({ data: { votes: verdicts.map(verdict => ({ verdict })) } })
const fact = (check: string, passed: boolean, more: Partial<Fact> = {}): Fact => ({
  ...{ check, version: 1, passed, reason: passed ? '' : 'wrong', detail: '' },
  ...more,
})

/** Four kept rollouts and two that `answer` alone dropped; the judges of one did not agree. */
const desk = () =>
  exported(
    pictures => [
      ...[1, 2, 3].map(number => kept(about(pictures, number))),
      withFacts(kept(about(pictures, 4)), [fact('answer', true), fact('judge', true, votes('yes', 'no'))]),
      withFacts(dropped(about(pictures, 5)), [fact('answer', false)]),
      withFacts(dropped(about(pictures, 6)), [fact('answer', false, { couldNotTell: true })]),
    ],
    [hf()],
  )

type Row = ReturnType<typeof kept>
const withFacts = ({ measured, verdict }: Row, facts: Fact[]): Row => ({
  measured: { ...measured, facts },
  verdict,
})

const keyOf = (number: number) => about([], number).key
const say = (number: number, word: 'good' | 'bad' | 'unsure', by = 'Ann') =>
  label({ key: keyOf(number), task_id: `test/${number}`, label: word, by })

const said = [
  ...[say(1, 'good'), say(2, 'bad'), say(3, 'good'), say(4, 'unsure'), say(5, 'good'), say(6, 'bad')],
  ...[say(1, 'good', 'Ben'), say(2, 'good', 'Ben'), label({ key: 'f'.repeat(64) })],
]

async function asked(...args: string[]) {
  await using place = await desk()
  const beside = join(dirname(place.folder), 'labels.jsonl')
  if (!args.includes('--no-file')) await writeFile(beside, asLines(said))
  const { kindling } = commandIn(dirname(place.folder), {})
  return await kindling(['labels', 'export', ...args.filter(arg => arg !== '--no-file')])
}

test('agreement is told between people, and between people and each check, with the rows behind it', async () => {
  const { code, out } = await asked('--rows', '--json')
  expect(code).toBe(0)
  const { labelled, elsewhere, people, between, sample } = JSON.parse(out)
  expect(labelled).toEqual({ rows: 6, good: 3, bad: 1, unsure: 1, disagreement: 1 })
  expect({ elsewhere, people }).toEqual({
    elsewhere: 1,
    people: [
      { by: 'Ann', rows: 6 },
      { by: 'Ben', rows: 2 },
    ],
  })
  expect(between.people).toMatchObject([
    { one: 'Ann', other: 'Ben', rows: 2, agree: { estimate: 0.5 }, kappa: { estimate: 0 } },
  ])
  expect(between.people[0].confusion).toContainEqual({ one: 'bad', other: 'good', rows: 1, keys: [keyOf(2)] })
  const cells = (other: string) =>
    between.checks
      .find((each: { other: string }) => each.other === other)
      ?.confusion.map(({ keys }: { keys: string[] }) =>
        keys.map(key => [1, 2, 3, 4, 5, 6].find(n => keyOf(n) === key)),
      )
  // What a check could not tell, and rows about which people disagree or are unsure, do not count.
  expect(cells('answer')).toEqual([[1, 3].sort(byKey), [5], [], []])
  expect(cells('(kept)')).toEqual([[1, 3].sort(byKey), [5], [], [6]])
  expect(cells('judge')).toBeUndefined()
  expect(sample).toMatchObject({ size: 4, of: 4, labelled: 2, bad: { estimate: 0 } })
})

const byKey = (a: number, b: number) =>
  said.findIndex(({ key }) => key === keyOf(a)) - said.findIndex(({ key }) => key === keyOf(b))

test('the same is told to people', async () => {
  const { code, out } = await asked()
  expect(code).toBe(0)
  expect(out).toMatch(
    /labels\.jsonl: 6 rows labelled \(good 3, bad 1, unsure 1, people disagree 1\) by Ann 6, Ben 2\n/,
  )
  expect(out).toMatch(/\n1 labelled rows are none of this export\n/)
  expect(out).toMatch(/Ann, Ben +2 +50 % \(.*\) +0\.00 \(.*\) +\S+ +50 %, 0 % +0 +1\n/)
  expect(out).toMatch(/ answer +3 +66\.7 % \(.*\) +0\.00 \(.*\) +\S+ +0 %, 33\.3 % +1 +0\n/)
  expect(out).toMatch(
    /\nSample: 4 of 4 kept rows .* within ±5 %; 2 of them are labelled, 0 % bad \(0 % to .* %\)\n$/,
  )
})

test('the queue begins where labels help most, and needs none to begin', async () => {
  const whys = async (...args: string[]) =>
    JSON.parse((await asked('--json', ...args)).out).queue.map(
      ({ task, why }: { task: string; why: string }) => `${task} ${why}`,
    )
  expect(await whys('--queue', '2')).toEqual(['test/2 people_disagree', 'test/5 label_against_decision'])
  expect(await whys('--queue', '9', '--by', 'Ben')).not.toContain('test/2 people_disagree')
  const fresh = await whys('--queue', '9', '--no-file')
  expect(fresh).toHaveLength(5)
  expect(fresh.slice(0, 2).map((each: string) => each.split(' ')[1])).toEqual(['near_threshold', 'sample'])
})

test('labelled rows are written for another tool, with the picture that a box lies on', async () => {
  await using place = await desk()
  const box = { image: 1, left: 0, top: 0, right: 155, bottom: 170 }
  await writeFile(
    join(dirname(place.folder), 'labels.jsonl'),
    asLines([{ ...say(2, 'bad'), box }, say(5, 'good')]),
  )
  const { kindling } = commandIn(dirname(place.folder), {})
  const args = ['labels', 'export', '--to', 'label-studio', '--out', 'tasks.json']
  expect(await kindling(args)).toMatchObject({
    code: 0,
    out: 'tasks.json, tasks.json.xml: 2 labelled rows\n',
  })
  const tasks = JSON.parse(await readFile(join(dirname(place.folder), 'tasks.json'), 'utf8'))
  const boxed = tasks.find(({ data }: { data: { task: string } }) => data.task === 'test/2')
  expect(boxed.data.picture).toMatch(/^data:image\/png;base64,iVBORw0KGgo/)
  expect(boxed.data.conversation).toMatch(/^Turn 1: [\s\S]*python: print\(image_1.size\)/)
  expect(boxed.annotations[0].result.at(-1).value).toMatchObject({ x: 0, y: 0, width: 50, height: 100 })
})

test.each<[string, string[], RegExp]>([
  ['a queue of none', ['--queue', '0'], /^--queue 0: give how many rows, such as 20\n$/],
  ['an error that is no share', ['--error', '5'], /^--error 5: give a share above 0 and below 0\.5/],
  [
    'a tool that is not known',
    ['--to', 'excel', '--out', 'o'],
    /^--to excel: give one of prodigy, label-studio, argilla\n$/,
  ],
  ['a tool without a file', ['--to', 'prodigy'], /^--to prodigy: give --out, too/],
  ['a file without a tool', ['--out', 'o'], /^--to is missing: give one of prodigy/],
  ['no labels', ['--no-file'], /labels\.jsonl: there is no such file; `kindling view` writes labels/],
  [
    'another file that is not there',
    ['--file', 'others.jsonl', '--queue', '3'],
    /^others\.jsonl: there is no such file/,
  ],
])('%s is refused in one line', async (_, args, line) => {
  expect(await asked(...args)).toEqual({ code: 2, out: '', err: expect.stringMatching(line) })
})

test('a folder without tables is refused in one line', async () => {
  await using folder = await temporaryFolder()
  const found = await commandIn(folder.path, {}).kindling(['labels', folder.path])
  expect(found).toMatchObject({
    code: 2,
    err: expect.stringMatching(/has no tables\/rows\.parquet; give a run or an export.*\n$/),
  })
})
