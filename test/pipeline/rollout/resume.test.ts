import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import type { Turn } from '../../../schemas/trajectory.ts'
import { TeacherError } from '../../../teachers/teacher.ts'
import { smallJail } from '../../small-jail.ts'
import { type Asked, runs, says, scripted, seenBy, type TestRun, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const codes = ['x = image_1.width; display(image_1)', 'x = x + 1; display(image_1); x', 'x * 2']

/** Calls `codes` one after the other and answers with what it saw last; breaks once, before turn `at`. */
function breaking(at: number) {
  let broken = false
  return scripted(request => {
    const { turns } = request
    if (turns.length === at && !broken) {
      broken = true
      throw new TeacherError('the wire broke', { fatal: true })
    }
    const code = codes[turns.length]
    return code ? runs(code) : says(/result:\n(\d+)/.exec(seenBy(request))?.[1] ?? '?')
  })
}

const turnsAsked = (asked: Asked[]) => asked.map(({ turns }) => turns.length)

async function breakAndGoOn(at: number) {
  const teacher = breaking(at)
  const runsOf: { outcome: unknown; turns: Turn[]; asked: number[] }[] = []
  await withRun({ sandbox, teachers: [teacher] }, async run => {
    await expect(run.run()).rejects.toThrow('the wire broke')
    await run.run()
    const [trajectory] = await run.trajectories()
    if (trajectory) runsOf.push({ ...trajectory, asked: turnsAsked(teacher.asked) })
  })
  return runsOf[0]
}

test.each([1, 2, 3])(
  'a run that broke after turn %i goes on with its variables and asks nothing again',
  async at => {
    const { outcome, asked, turns } = (await breakAndGoOn(at)) ?? {}
    expect(outcome).toEqual({ kind: 'answered', answer: '18' })
    expect(asked).toEqual([0, 1, 2, 3].flatMap(turn => (turn === at ? [turn, turn] : [turn])))
    expect(turns?.map(turn => JSON.stringify(turn.observations)).join()).toMatch(/image_2 .*image_3 /s)
  },
)

/** Change what is stored of the first turn, as another machine would have left it. */
async function forge({ folder }: TestRun, from: string, to: string) {
  using database = new DatabaseSync(join(folder, 'store.sqlite'))
  const change = database.prepare(
    "UPDATE turns SET value = replace(value, ?, ?) WHERE key LIKE '%/0000' AND value LIKE '%' || ? || '%'",
  )
  expect(change.run(from, to, from).changes).toBe(1)
}

test('where a stored turn does not repeat, the rollout starts anew and pays only for what changed', async () => {
  let code = 'print("o" + "ne")'
  const seen: string[] = []
  const teacher = scripted(request => {
    if (request.turns.length > 0) seen.push(seenBy(request))
    if (request.turns.length === 1 && seen.length === 1) throw new TeacherError('broke', { fatal: true })
    return request.turns.length === 0 ? runs(code) : says('8')
  })
  await withRun({ sandbox, teachers: [teacher] }, async run => {
    await expect(run.run()).rejects.toThrow('broke')
    await forge(run, 'one', 'two')
    code = 'never asked for'
    await run.run()
    const [trajectory] = await run.trajectories()
    expect(trajectory?.turns[0]?.observations[0]?.data).toMatchObject({ stdout: 'one\n' })
    expect(seen).toEqual(['stdout:\none', 'stdout:\none'])
    expect(turnsAsked(teacher.asked)).toEqual([0, 1, 1])
    const kept = await Array.fromAsync(run.store.scan<Turn>('turns'))
    expect(kept.map(({ value }) => value)).toEqual(trajectory?.turns.slice(0, 1))
  })
})

test('memory addresses do not count as a difference', async () => {
  let broken = false
  const teacher = scripted(({ turns }) => {
    if (turns.length === 1 && !broken) {
      broken = true
      throw new TeacherError('broke', { fatal: true })
    }
    return turns.length === 0 ? runs('object()') : says('8')
  })
  await withRun({ sandbox, teachers: [teacher] }, async run => {
    await expect(run.run()).rejects.toThrow('broke')
    await forge(run, ' at 0x', ' at 0xabc')
    await run.run()
    const [trajectory] = await run.trajectories()
    expect(JSON.stringify(trajectory?.turns[0])).toContain(' at 0xabc')
  })
})
