import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askServices } from '../../../pipeline/ask/ask-service.ts'
import { type ServiceAnswer, searchKey } from '../../../pipeline/ask/service-answers.ts'
import { ConfigError } from '../../../pipeline/errors.ts'
import { beginRefresh } from '../../../pipeline/generation.ts'
import { exportFrozen, importFrozen, stalenessOf } from '../../../pipeline/offline/searches-file.ts'
import { keepImage } from '../../../store/images.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import type { Store } from '../../../store/store.ts'
import { png, temporaryFolder } from '../../fixtures.ts'

const { signal } = new AbortController()
const engine = { name: 'engine', options: { country: 'us' } }
const never = () => Promise.reject(new Error('asked'))

const said = (query: string, at: string, answer: unknown = [], service = 'engine'): ServiceAnswer => ({
  service,
  options: engine.options,
  query: { query, top: 5 },
  at,
  answer,
})

const keep = (store: Store, each: ServiceAnswer, generation = 0) =>
  store.put(
    'searches',
    searchKey({ name: each.service, options: each.options }, each.query, generation),
    each,
  )

async function withStore(work: (store: Store, folder: string) => Promise<void>) {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(join(folder.path, 'run'))
  await work(store, folder.path)
}

test('staleness is told by service; what was asked anew is as old as its newest answer', () =>
  withStore(async store => {
    await keep(store, said('a', '2026-01-01T00:00:00.000Z'))
    await keep(store, said('a', '2026-03-01T00:00:00.000Z'), 1)
    await keep(store, said('b', '2026-01-05T12:00:00.000Z'))
    await keep(store, said('a', '2025-01-01T00:00:00.000Z', [], 'atlas'))
    expect(await stalenessOf(store, 30, new Date('2026-03-02T00:00:00Z'))).toEqual([
      {
        service: 'atlas',
        answers: 1,
        oldest: '2025-01-01T00:00:00.000Z',
        newest: '2025-01-01T00:00:00.000Z',
        stale: 1,
      },
      {
        service: 'engine',
        answers: 2,
        oldest: '2026-01-05T12:00:00.000Z',
        newest: '2026-03-01T00:00:00.000Z',
        stale: 1,
      },
    ])
  }))

test('what was said is taken to another run with its images, and answers there the same', () =>
  withStore(async (store, folder) => {
    const image = await keepImage(store, await png(9, 9))
    const answer = [{ id: 'x', title: 'A', image, score: 1 }]
    await keep(store, said('Old', '2026-01-01T00:00:00.000Z', ['older']))
    for (const generation of [2, 10])
      await keep(store, said('Old', `2026-01-${10 + generation}T00:00:00.000Z`, generation), generation)
    await keep(store, said('Flag', '2026-01-02T00:00:00.000Z', answer))
    const corpus = join(folder, 'corpus')
    expect(await exportFrozen(store, corpus)).toBe(2)
    expect(await readdir(join(corpus, 'images'))).toEqual([`${image.sha256}.png`])

    await using other = await openSqliteStore(join(folder, 'other'))
    await keep(other, said('old', '2026-02-02T00:00:00.000Z', 'own'))
    expect(await importFrozen(other, corpus)).toEqual({ imported: 1, known: 1 })
    expect(await importFrozen(other, corpus)).toEqual({ imported: 0, known: 2 })
    const frozen = askServices(other, {}, { frozen: true })(signal)
    expect(await frozen(engine, { query: 'flag', top: 5 }, never)).toEqual(answer)
    expect(await frozen(engine, { query: 'old', top: 5 }, never)).toBe('own')
    expect(Buffer.from(await other.getBlob(image.sha256))).toEqual(await png(9, 9))

    await using third = await openSqliteStore(join(folder, 'third'))
    await third.put('replies', 'a', true)
    await beginRefresh(third)
    await importFrozen(third, corpus)
    const anew = askServices(third, {}, { frozen: true, generation: 1 })(signal)
    expect(await anew(engine, { query: 'old', top: 5 }, never)).toBe(10)

    const again = join(folder, 'again')
    await exportFrozen(third, again)
    expect(await readFile(join(again, 'searches.jsonl'), 'utf8')).toBe(
      await readFile(join(corpus, 'searches.jsonl'), 'utf8'),
    )
  }))

const whole = said('a', '2026-01-01T00:00:00.000Z')
const lines: [string, string, RegExp][] = [
  ['is not JSON', '{', /searches\.jsonl:2: this is no stored answer: +must be object$/],
  ['lacks a field', '{"service":"a"}', /searches\.jsonl:2: this is no stored answer: .*options/],
  [
    'has a wrong date',
    JSON.stringify({ ...whole, at: 'today' }),
    /:2: this is no stored answer: at must match/,
  ],
  [
    'names an image that is not there',
    JSON.stringify({
      ...whole,
      answer: { sha256: 'a'.repeat(64), pixels: 'b'.repeat(64), mime: 'image/png', width: 1, height: 1 },
    }),
    /:2: its image .*images\/a{64}\.png cannot be read \(ENOENT\)$/,
  ],
]

test.each(lines)('a line that %s is named', (_, line, says) =>
  withStore(async (store, folder) => {
    await writeFile(join(folder, 'searches.jsonl'), `${JSON.stringify(whole)}\n${line}\n`)
    await expect(importFrozen(store, folder)).rejects.toThrow(ConfigError)
    await expect(importFrozen(store, folder)).rejects.toThrow(says)
  }),
)

test('an image that is another one is refused, and so is a folder with nothing in it', () =>
  withStore(async (store, folder) => {
    const image = await keepImage(store, await png())
    await keep(store, { ...whole, answer: image })
    await exportFrozen(store, folder)
    await writeFile(join(folder, 'images', `${image.sha256}.png`), await png(3, 3))
    await expect(importFrozen(store, folder)).rejects.toThrow(/:1: .*\.png is not the image it names$/)
    await mkdir(join(folder, 'empty'))
    await expect(importFrozen(store, join(folder, 'empty'))).rejects.toThrow(
      /searches\.jsonl: cannot be read \(.*\); give a folder that --export wrote$/,
    )
  }))
