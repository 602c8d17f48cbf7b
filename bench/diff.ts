// Whether every number of `kindling diff` is the one that SQL finds in the Parquet: `npm run bench:diff` makes the demo
// twice, with a teacher that errs elsewhere the second time, compares both runs and their exports, and lets DuckDB count
// the same. `npm run bench:diff -- BEFORE AFTER` takes two runs that are there, with hf/ and rejected/. Prints each number
// beside SQL's; the status is 1 where two are unlike. What replies cost stands in no export, so SQL does not say it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSide } from '../cli/comparing/sides.ts'
import { compareSides } from '../cli/diff.ts'
import type { Comparison } from '../pipeline/compare/comparison.ts'
import { flat, inSql, sqlOf, unlikeInSql, unlikeKinds } from '../test/cli/comparing/in-sql.ts'

const root = join(import.meta.dirname, '..')
const folder = join(tmpdir(), 'kindling-diff')

/** A run of the demo whose teacher errs by a seed. One that is there is not made again. */
async function demo(seed: number): Promise<string> {
  const env = { ...process.env, DIFF: folder, SEED: String(seed) }
  const args = ['cli/main.ts', 'run', 'bench/diff.config.ts']
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the demo of seed ${seed} ended with ${code}`)
  return join(folder, `seed-${seed}`)
}

async function comparisonOf(before: string, after: string): Promise<Comparison> {
  await using old = await openSide(before)
  await using now = await openSide(after)
  return await compareSides(old, now, {})
}

/** Prints numbers beside those of SQL, and counts those that are unlike. */
function besides(title: string, found: unknown, sql: unknown): number {
  const [ours, theirs] = [flat(found), flat(sql)]
  const names = [...new Set([...ours.keys(), ...theirs.keys()])]
  const unlike = names.filter(name => ours.get(name) !== theirs.get(name))
  console.log(`\n${title}: ${names.length} numbers, ${unlike.length} of them unlike`)
  for (const name of names) {
    const mark = ours.get(name) === theirs.get(name) ? '' : '  <- unlike'
    console.log(`  ${name.padEnd(60)} ${ours.get(name) ?? '-'}  ${theirs.get(name) ?? '-'}${mark}`)
  }
  return unlike.length
}

/** Whether lists are the same, word for word: rows, answers, tasks. */
function listed(title: string, found: unknown, sql: unknown): number {
  const isSame = JSON.stringify(found) === JSON.stringify(sql)
  const count = Array.isArray(found) ? found.length : 0
  console.log(`  ${title.padEnd(60)} ${count} listed, ${isSame ? 'all as in SQL' : '<- unlike'}`)
  return isSame ? 0 : 1
}

const inOrder = (list: unknown): unknown[] =>
  (Array.isArray(list) ? list : []).map(each => JSON.stringify(Object.entries(each).sort())).sort()

/** Hold one comparison against SQL; gives how much is unlike. */
function held(title: string, comparison: Comparison, sql: Awaited<ReturnType<typeof sqlOf>>): number {
  if (!comparison.rows) throw new Error('two exports with hf/ and rejected/ have rows')
  const { rows, answers, ...numbers } = inSql(comparison.rows)
  const { rows: rowsInSql, answers: answersInSql, ...numbersInSql } = sql.rows
  const changed = (answersInSql as { changed: unknown }).changed
  return (
    besides(
      title,
      { ...numbers, answered: answers.both },
      { ...numbersInSql, answered: bothIn(answersInSql) },
    ) +
    besides(`${title}, by kind`, unlikeKinds(comparison), unlikeInSql(sql.kinds)) +
    listed('rows that changed', inOrder(rows), inOrder(rowsInSql)) +
    listed('answers that changed', inOrder(answers.changed), inOrder(changed)) +
    listed('tasks that ask or show otherwise', numbers.tasks.changed, tasksIn(numbersInSql.tasks))
  )
}

const bothIn = (answers: unknown) => (answers as { both: number }).both
const tasksIn = (tasks: unknown) => (tasks as { changed: unknown }).changed

const [given, other] = process.argv.slice(2)
const before = given ?? (await demo(20260101))
const after = other ?? (await demo(7))
const exported = [join(before, 'export'), join(after, 'export')] as const
const sql = await sqlOf(...exported)
const unlike =
  held('runs', await comparisonOf(before, after), sql) + held('exports', await comparisonOf(...exported), sql)
console.log(`\n${unlike === 0 ? 'every number is the one that SQL finds' : `${unlike} are unlike`}`)
process.exitCode = unlike === 0 ? 0 : 1
