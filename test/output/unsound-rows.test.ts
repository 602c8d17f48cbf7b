import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decline, type ExportRow } from '../../output/export.ts'
import { deepEyesRl } from '../../output/targets/deepeyes-rl.ts'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { screenedOut } from '../../output/targets/screened-out.ts'
import { verlRl } from '../../output/targets/verl-rl.ts'
import { writeExports } from '../../output/write.ts'
import { isObject } from '../../schemas/json.ts'
import { Trajectory } from '../../schemas/trajectory.ts'
import { validator } from '../../schemas/validate.ts'
import { answerTurn, image, kinds, pythonTurn, searchTurn, temporaryFolder } from '../fixtures.ts'
import { about, dropped, kept, run, stream } from './rows.ts'

const bytes = async () => new Uint8Array([1])
const exports = [hf(), llamaFactory(), deepEyesSft(), rejected(), screenedOut(), deepEyesRl(), verlRl()]

/** Writes every target, with each row once kept and once rejected. */
async function written(trajectories: readonly unknown[]) {
  await using folder = await temporaryFolder()
  const items: ExportRow[] = trajectories.flatMap(one => [
    kept(one as Trajectory),
    dropped(one as Trajectory),
  ])
  return await writeExports({
    folder: join(folder.path, 'export'),
    rows: stream(items),
    exports,
    about: run,
    kinds,
    bytes,
  })
}

const whole = (): Trajectory =>
  about([image()], 1, {
    turns: [
      pythonTurn(),
      pythonTurn({ images: [image('b')] }),
      searchTurn([['Title', 'words']]),
      answerTurn('8'),
    ],
  })

test.each(['image_missing', 'image_outside', 'remote_image'])(
  'a row of others with a picture that is not here (%s) is in no trainer’s format',
  async lack => {
    const origin = { format: 'share_gpt', file: 'a.jsonl', row: 1, sha256: '0'.repeat(64), profile: 'plain' }
    const { targets } = await written([{ ...whole(), origin: { ...origin, lacks: ['key', lack] } }])
    expect(targets.llamafactory).toMatchObject({ rows: 0, declined: { [lack]: 1 } })
  },
)

const wrong = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, 0, -1, 0.5, 1e300, '', '\0\ud800', true, [], {}, [null], {
    id: 0,
  }),
  fc.jsonValue({ maxDepth: 2 }),
)

/** The paths of all that a record holds, by the names and numbers on the way. */
const pathsIn = (value: unknown, path: string[] = []): string[][] =>
  isObject(value) || Array.isArray(value)
    ? Object.entries(value).flatMap(([name, field]) => [[...path, name], ...pathsIn(field, [...path, name])])
    : []

/** A copy that holds something else at a place; without the field where that is undefined. */
function changed(value: unknown, [name, ...rest]: readonly string[], other: unknown): unknown {
  if (name === undefined) return other
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === name ? changed(item, rest, other) : item))
  const { [name]: before, ...others } = value as Record<string, unknown>
  const after = changed(before, rest, other)
  return after === undefined ? others : { ...others, [name]: after }
}

const paths = pathsIn(whole())
const isValid = validator(Trajectory)

test('whatever a stored row holds in place of any of its fields, every target is written', async () => {
  const places = paths.map(path => changed(whole(), path, undefined))
  const { summary, targets } = await written(places)
  expect(summary.rows).toBe(2 * paths.length)
  expect(targets.hf?.rows).toBe(paths.length)
  expect(targets.rejected?.rows).toBe(paths.length)
})

test('rows with several wrong fields are written, too', async () => {
  const faults = fc.array(fc.tuple(fc.constantFrom(...paths), wrong), { minLength: 1, maxLength: 4 })
  const rows = fc.array(
    faults.map(all =>
      all.reduce<unknown>((row, [path, other]) => {
        try {
          return changed(row, path, other)
        } catch {
          // An earlier fault took the place away.
          return row
        }
      }, whole()),
    ),
    { minLength: 40, maxLength: 40 },
  )
  let unsound = 0
  const property = fc.asyncProperty(rows, async rows => {
    unsound += rows.filter(row => !isValid(row).ok).length
    const { targets } = await written(rows)
    expect(targets.rejected?.rows).toBe(rows.length)
  })
  await fc.assert(property, { numRuns: 15 })
  expect(unsound).toBeGreaterThan(200)
})

test.each([null, undefined, 7, 'text', [], {}])('a row that is %j is written', async row => {
  expect((await written([row])).targets.rejected?.rows).toBe(1)
})

test('arguments that are nested deeper than any stack are written', async () => {
  const turn = pythonTurn()
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  const calls = turn.reply.calls.map(call => ({ ...call, arguments: deep }))
  const turns = [{ ...turn, reply: { ...turn.reply, calls } }, answerTurn('8')]
  expect((await written([{ ...whole(), turns }])).targets.rejected?.rows).toBe(1)
})

test('an unsound row keeps what is sound of it', async () => {
  await using folder = await temporaryFolder()
  const row = whole()
  const [first, ...rest] = row.turns
  const call = { name: 'python', arguments: '{}' }
  const turns = [{ ...first, reply: { ...first?.reply, calls: [call, 7] } }, ...rest]
  const seen: Trajectory[] = []
  const look = {
    ...rejected(),
    row: async ({ measured }: ExportRow) => {
      seen.push(measured.trajectory)
      return decline('seen')
    },
  }
  const rows = stream([dropped({ ...row, turns } as unknown as Trajectory)])
  await writeExports({ folder: join(folder.path, 'export'), rows, exports: [look], about: run, kinds, bytes })
  expect(seen).toEqual([
    { ...row, turns: [{ ...first, reply: { ...first?.reply, calls: [{ id: '', ...call }] } }, ...rest] },
  ])
})
