import { afterAll, expect, test } from 'vitest'
import { answererNotes, answerersIn, keepAnswerers } from '../../../pipeline/ask/answerers.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { reply, temporaryFolder } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, tasks, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const teacher = scripted(() => says('8'))
const name = { name: teacher.name, asked: teacher.name }

test('each name is put down once, before its reply; a refusal has none', async () => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  await keepAnswerers(store, 0)
  const note = answererNotes(store, 0)
  for (const model of ['b', 'a', '', 'b']) await note(teacher, reply({ model }))
  const found = await answerersIn(store, 0)
  expect(found?.map(({ answered }) => answered).sort()).toEqual(['a', 'b'])
  expect(found?.[0]).toMatchObject(name)
})

test('names are those of one generation, and none where replies from before are not known', async () => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  await answererNotes(store, 1)(teacher, reply({ model: 'late' }))
  expect(await answerersIn(store, 1)).toBeUndefined()
  await keepAnswerers(store, 10)
  await answererNotes(store, 10)(teacher, reply({ model: 'later' }))
  expect(await answerersIn(store, 10)).toEqual([{ ...name, answered: 'later' }])
  expect(await answerersIn(store, 1)).toBeUndefined()
})

test('a run puts them down from its start, a refresh anew, and one of an older kindling after its refresh', () => {
  let model = 'first'
  const named = scripted(() => ({ ...says('8'), model }))
  return withRun({ sandbox, teachers: [named], tasks: tasks(1) }, async run => {
    const answered = async (generation: number) =>
      (await answerersIn(run.store, generation))?.map(each => each.answered)
    await run.run()
    expect(await answered(0)).toEqual(['first'])
    await run.store.delete('answerers', '0/whole')
    await run.run()
    expect(await answered(0)).toBeUndefined()
    model = 'second'
    await run.refresh()
    expect(await answered(1)).toEqual(['second'])
  })
})
