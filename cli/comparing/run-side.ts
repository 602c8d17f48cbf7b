import { join } from 'node:path'
import { manifestOf } from '../../output/manifest.ts'
import type { RunAbout } from '../../output/run-about.ts'
import { type Summary, summarise } from '../../output/summary.ts'
import { answerersIn } from '../../pipeline/ask/answerers.ts'
import { decidedRows } from '../../pipeline/decide/decisions.ts'
import { generationOf } from '../../pipeline/generation.ts'
import { screenedTasks } from '../../pipeline/screen/screened-list.ts'
import { pricesIn } from '../../pipeline/spend/kept-prices.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import { isObject, type Json, type JsonObject } from '../../schemas/json.ts'
import { storeOf } from '../../store/default.ts'
import { readPrices } from '../../teachers/prices.ts'
import { runRowMaker } from './run-rows.ts'
import { manifestAt, nameIn, type OpenSide } from './side.ts'

/** A run, whose rows come from its store. */
export async function openRunSide(run: string): Promise<OpenSide> {
  const prices = await readPrices(await pricesIn(run))
  const exported = await manifestAt(join(run, 'export', 'manifest.json')).catch(() => undefined)
  const store = await (await storeOf(run)).read(run)
  const [counted, made] = [summarise(), runRowMaker(prices)]
  let [other, read] = [false, false]
  async function* rows() {
    for await (const row of decidedRows(run, store)) {
      counted.add(row)
      yield made(row)
    }
    for await (const { screening } of screenedTasks(run, store)) counted.addTask(screening)
    read = true
  }
  return {
    side: { kind: 'run', path: run, name: exported ? nameIn(exported) : null, rows: 'all' },
    rows,
    async about() {
      if (!read) await Array.fromAsync(rows(), () => undefined)
      const answerers = await answerersIn(store, await generationOf(store))
      const own = aboutRows(counted.result(), { exported, answerers })
      other = !exported || !isOfRows(exported, own)
      return exported && !other ? exported : own
    },
    wanting: () => (other ? [configWanting(run)] : []),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

const configWanting = (run: string) =>
  `${run}/export is not there, or holds other rows than were decided last, so the config of ${run} is not compared`

/** What else is known of a run: its manifest, and by which names models answered. */
interface Known {
  exported: JsonObject | undefined
  answerers: RunAbout['answerers']
}

/**
 * What a manifest says of rows themselves: neither of the config, nor of files. Of what the run's export names, too, it
 * says what the config told there.
 */
function aboutRows(summary: Summary, { exported = {}, answerers }: Known): JsonObject {
  const about = { name: '', version: '', config: {}, ...(answerers && { answerers }) }
  const manifest: JsonObject = JSON.parse(
    manifestOf(about, summary, [], { tables: [], others: [], before: null }),
  )
  const own = Object.entries(manifest).filter(([name]) => name === 'funnel' || name in summary)
  return Object.fromEntries(own.map(([name, value]) => [name, toldIn(exported[name], value)]))
}

/** Prompts and tools, known by their hashes, as another manifest describes them where it does. */
function toldIn(exported: Json | undefined, own: Json): Json {
  const others = Array.isArray(exported) ? exported : []
  const hashIn = (value: Json) => (isObject(value) ? value.sha256 : undefined)
  const known = (item: Json) =>
    others.find(other => hashIn(other) !== undefined && hashIn(other) === hashIn(item)) ?? item
  return Array.isArray(own) ? own.map(known) : own
}

const told = ['teachers', 'prompts', 'tools', 'environments']
const toldOfFunnel = ['trajectories', 'kept', 'rejected', 'rescued']

/** What the items of a section are, in any order; how often, and what a config says of them beside, is left out. */
const identitiesIn = (section: unknown): string[] =>
  (Array.isArray(section) ? section.filter(isObject) : [])
    .map(({ name, sha256, hash, options }) => canonicalJson({ name, is: sha256 ?? hash ?? options }))
    .sort()

/** Whether a manifest is of these rows, as far as those of older versions tell it. */
function isOfRows(manifest: JsonObject, own: JsonObject): boolean {
  const [one, other] = [manifest, own].map(({ funnel, ...all }) => {
    const counts = isObject(funnel) ? funnel : {}
    return canonicalJson([told.map(name => identitiesIn(all[name])), toldOfFunnel.map(name => counts[name])])
  })
  return one === other
}
