import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runOn } from '../../pipeline/jobs/open-run.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { kindsOf } from '../../tools/tool.ts'
import { chain, close } from '../quality/chain.ts'
import { parts } from '../quality/material.ts'
import { foreign, nameOf } from './foreign.ts'
import { items } from './items.ts'
import { casesOf } from './material.ts'
import { ownTargets } from './own-targets.ts'
import { nativeFindings, type Recalled, recallIn } from './recall.ts'
import { recallTable } from './table.ts'

/**
 * Writes good rollouts and copies with planted faults as others write theirs, audits each file, and prints by kind of
 * fault and format how many are found of those that are found in the rollouts themselves.
 * `node bench/recall/main.ts [tasks of a part] [copies of a kind] [formats, with commas]`
 */
const count = Number(process.argv[2] ?? 12)
const copies = Number(process.argv[3] ?? 2)
const wanted = process.argv[4]?.split(',')
const folder = await mkdtemp(join(tmpdir(), 'kindling-recall-'))
const { signal } = new AbortController()
const [part] = parts(count)
if (!part) throw new Error('there is no part')

const benchmark = join(folder, 'benchmark.jsonl')
await writeFile(benchmark, '')
const config = await chain(part, folder, part.tasks, benchmark)
await using store = await openSqliteStore(config.folder)
const run = await runOn(store, config, { listen: () => {}, signal, asks: 'anybody' })
const cases = await casesOf(run, copies)
const native = await nativeFindings(cases, run)
const recalled: Recalled[] = []
const all = [...foreign, ...items, ...ownTargets(kindsOf(config.tools))]
for (const format of all.filter(each => !wanted || wanted.includes(nameOf(each)))) {
  const place = join(folder, 'foreign', nameOf(format))
  await mkdir(place, { recursive: true })
  const { sandbox } = config
  recalled.push(await recallIn(format, cases, native, { folder: place, store, sandbox }))
}
console.log(recallTable(cases, native, recalled))
await close(config)
await rm(folder, { recursive: true })
