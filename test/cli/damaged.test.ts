import { globSync } from 'node:fs'
import { appendFile, cp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { png, temporaryFolder } from '../fixtures.ts'
import { commandIn, config, place } from './command.ts'

// A finished run, of which each test damages a copy.
const whole = await place()
await whole.tasks([{}, {}])
const first = await whole.kindling(['run', config])
const asked = whole.asked.length
afterAll(() => whole[Symbol.asyncDispose]())

const inRun = (folder: string, name: string) => join(folder, 'runs/command', name)
const blobsOf = (folder: string) => globSync('blobs/*/*', { cwd: inRun(folder, '.') }).sort()
const exported = async (folder: string) => readFile(inRun(folder, 'export/manifest.json'), 'utf8')

interface Damage {
  what: string
  damage(folder: string): Promise<unknown>
  says: RegExp
}

const [blob = ''] = blobsOf(whole.folder)
const everyBlob = (work: (path: string) => Promise<unknown>) => (folder: string) =>
  Promise.all(blobsOf(folder).map(name => work(inRun(folder, name))))
const sql = (statement: string) => async (folder: string) => {
  using database = new DatabaseSync(inRun(folder, 'store.sqlite'))
  database.exec(statement)
}

const inDecisions = (change: (text: string) => string) => async (folder: string) => {
  const path = inRun(folder, 'decisions.jsonl')
  await writeFile(path, change(await readFile(path, 'utf8')))
}

const damages: Damage[] = [
  {
    what: 'an emptied picture',
    damage: everyBlob(path => truncate(path)),
    says: /^task width\/[12]: \S+blobs\S+ is not what was kept there/,
  },
  {
    what: 'a lengthened picture',
    damage: everyBlob(path => appendFile(path, 'x')),
    says: /^task width\/[12]: \S+ is not what was kept there/,
  },
  {
    what: 'another picture in its place',
    damage: everyBlob(async path => writeFile(path, await png(99, 99))),
    says: /^task width\/[12]: \S+ is not what was kept there/,
  },
  {
    what: 'a lost picture',
    damage: everyBlob(path => rm(path)),
    says: /^task width\/[12]: \S+blobs\S+ is missing/,
  },
  {
    what: 'an emptied store',
    damage: folder => truncate(inRun(folder, 'store.sqlite')),
    says: /store.sqlite is gone or empty/,
  },
  {
    what: 'a lost store',
    damage: folder => rm(inRun(folder, 'store.sqlite')),
    says: /store.sqlite is gone or empty/,
  },
  {
    what: 'another file in the store’s place',
    damage: folder => writeFile(inRun(folder, 'store.sqlite'), 'no database at all, '.repeat(99)),
    says: /store.sqlite is damaged \(file is not a database\)/,
  },
  {
    what: 'half a store',
    damage: async folder => truncate(inRun(folder, 'store.sqlite'), 40_000),
    says: /store.sqlite is damaged/,
  },
  {
    what: 'a value that was cut',
    damage: sql('UPDATE trajectories SET value = substr(value, 1, 50)'),
    says: /store.sqlite is damaged \(what is kept under \w+ is no JSON\)/,
  },
  {
    what: 'lost rollouts',
    damage: sql('DELETE FROM trajectories'),
    says: /names the rollout \w+, which the store lacks/,
  },
  {
    what: 'lost decisions',
    damage: inDecisions(text => text.slice(text.indexOf('\n') + 1)),
    says: /decisions.jsonl is not what was written there; `kindling curate` writes it anew/,
  },
  {
    what: 'a decision that was cut',
    damage: inDecisions(text => text.slice(0, -50)),
    says: /decisions.jsonl:2: this is no line/,
  },
  {
    what: 'a changed decision',
    damage: inDecisions(text => text.replace(/"keep":true/, '"keep":  true')),
    says: /decisions.jsonl is not what was written there/,
  },
  {
    what: 'cut notes',
    damage: folder => writeFile(inRun(folder, 'notes.json'), '[{'),
    says: /notes.json is not what was written there; `kindling curate` writes it anew/,
  },
  {
    what: 'a newer layout',
    damage: sql('PRAGMA user_version = 99'),
    says: /was written by a newer kindling \(layout 99\); update/,
  },
]

async function damaged({ damage }: Pick<Damage, 'damage'>) {
  const folder = await temporaryFolder()
  await cp(whole.folder, folder.path, { recursive: true, verbatimSymlinks: true })
  await damage(folder.path)
  return { folder, ...commandIn(folder.path, { TEACHER_URL: whole.url }) }
}

test('the run that is damaged kept its rows', () => {
  expect(first).toMatchObject({ code: 0 })
  expect({ blob, asked }).toEqual({ blob: expect.stringMatching(/^blobs/), asked: 4 })
})

test.each(damages)('$what is named by what reads it, and the export stays', async ({ says, ...how }) => {
  const { folder, kindling } = await damaged(how)
  await using _ = folder
  const { code, err, out } = await kindling(['export', config])
  expect(
    {
      code,
      lines: err
        .trim()
        .split('\n')
        .filter(line => !/^ *writing/.test(line)),
    },
    out + err,
  ).toEqual({
    code: 74,
    lines: [expect.stringMatching(says)],
  })
  expect(err).not.toMatch(/make room|^ +at /m)
  expect(await exported(folder.path)).toBe(await exported(whole.folder))
})

test.each(damages.filter(({ what }) => /picture/.test(what)))(
  '$what of a task is put back by a run, which asks nothing',
  async how => {
    const { folder, kindling } = await damaged(how)
    await using _ = folder
    const ended = await kindling(['run', config])
    expect(ended, ended.err).toMatchObject({ code: 0 })
    expect(await exported(folder.path)).toBe(await exported(whole.folder))
    expect(whole.asked.length).toBe(asked)
  },
)

test.each(damages.filter(({ what }) => /store/.test(what)))(
  'after $what a run asks nothing again',
  async ({ says, ...how }) => {
    const { folder, kindling } = await damaged(how)
    await using _ = folder
    const { code, err } = await kindling(['run', config])
    expect({ code, err }).toEqual({ code: 74, err: expect.stringMatching(says) })
    expect(whole.asked.length).toBe(asked)
  },
)

test('decisions and notes that were cut are written anew by curate', async () => {
  const cut = (name: string) => (folder: string) => writeFile(inRun(folder, name), '[{')
  const both = (folder: string) =>
    Promise.all(['decisions.jsonl', 'notes.json'].map(name => cut(name)(folder)))
  const { folder, kindling } = await damaged({ damage: both })
  await using _ = folder
  expect(await kindling(['curate', config])).toMatchObject({ code: 0 })
  expect(await exported(folder.path)).toBe(await exported(whole.folder))
})

test.each(['limits.sqlite', 'lock.sqlite', 'sketches.sqlite'])(
  'garbage in %s is of no consequence',
  async name => {
    const { folder, kindling } = await damaged({
      damage: path => writeFile(inRun(path, name), 'garbage '.repeat(999)),
    })
    await using _ = folder
    expect(await kindling(['run', config])).toMatchObject({ code: 0 })
    expect(whole.asked.length).toBe(asked)
  },
)
