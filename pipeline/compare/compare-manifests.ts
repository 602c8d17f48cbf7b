import { canonicalJson } from '../../schemas/hash.ts'
import { isObject, type Json, type JsonObject } from '../../schemas/json.ts'
import type { CountPair, MadePair } from './comparison.ts'

/** Sections in which rows are counted; all that is not left out is what rows were made with. */
const counted = [
  'sources',
  'licences',
  'corpora',
  'makers',
  'categories',
  'signals',
  'checks',
  'without_images',
]

/** The funnel is compared by itself, and files and the chain of manifests differ wherever anything does. */
const leftOut = ['manifest_version', 'funnel', 'notes', 'lineage', 'files', 'before', 'signature']

/** What differs between what two manifests say, apart from their funnels, and what only one of them speaks of. */
export function compareManifests(before: JsonObject, after: JsonObject) {
  const counts: CountPair[] = []
  const made: MadePair[] = []
  const [was, is] = [sectionsOf(before), sectionsOf(after)]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  const alone = names.filter(name => !(name in was && name in is))
  for (const name of names.filter(name => !alone.includes(name)))
    for (const each of differing([name], was[name], is[name]))
      if (counted.includes(name)) counts.push(...numbersIn(each))
      else made.push(texts(each))
  return { counts, made: made.filter(each => !made.some(other => isTold(each, other))), alone }
}

/** What rows say of their teachers stands in the config, too. */
const isTold = ({ what }: MadePair, other: MadePair): boolean =>
  canonicalJson(['config', ...what]) === canonicalJson(other.what)

/** How often something was used: that follows from the rows, and is no other thing for it. */
const howOften = new Map([
  ['environments', 'rows'],
  ['models', 'replies'],
  ['services', 'questions'],
])

function withoutCounts([name, section]: [string, Json]): [string, Json] {
  const count = howOften.get(name)
  if (count === undefined || !Array.isArray(section)) return [name, section]
  const plain = (item: Json) => Object.entries(item ?? {}).filter(([field]) => field !== count)
  return [name, section.map(item => Object.fromEntries(plain(item)))]
}

/** How many rows a target holds follows from the funnel. */
function sectionsOf({ targets, ...manifest }: JsonObject): JsonObject {
  const sections = Object.entries(manifest)
    .filter(([name]) => !leftOut.includes(name))
    .map(withoutCounts)
  const shapes = Array.isArray(targets) ? targets.flatMap(each => (isObject(each) ? shapeOf(each) : [])) : []
  return { without_images: 0, ...Object.fromEntries(sections), ...(shapes.length > 0 && { targets: shapes }) }
}

const shapeOf = ({ name, options, select, columns }: Record<string, unknown>): JsonObject =>
  JSON.parse(canonicalJson({ name, options, select, columns }))

interface Differing {
  what: string[]
  before: Json | undefined
  after: Json | undefined
}

/** Where two values differ: objects by their fields, lists of objects by what their items are called. */
function differing(what: string[], before: Json | undefined, after: Json | undefined): Differing[] {
  // Of a kind that one side does not count there are none.
  const none = counted.includes(what[0] ?? '') ? new Map<string, Json>() : undefined
  const [was, is] = [before, after].map(value => (value === undefined ? none : partsOf(value)))
  if (was && is)
    return [...new Set([...was.keys(), ...is.keys()])].flatMap(name =>
      differing(name === '' ? what : [...what, name], was.get(name), is.get(name)),
    )
  return canonicalJson(before) === canonicalJson(after) ? [] : [{ what, before, after }]
}

function partsOf(value: Json): Map<string, Json> | undefined {
  if (Array.isArray(value)) return value.every(isObject) ? itemsOf(value) : undefined
  return isObject(value) ? new Map(Object.entries(value as JsonObject)) : undefined
}

function itemsOf(list: readonly Json[]): Map<string, Json> {
  const items = new Map<string, Json>()
  for (const item of list as JsonObject[]) {
    const { rows, ...rest } = item
    const isCounted = typeof rows === 'number'
    const name = isCounted ? wordsIn(rest).join(' / ') : labelOf(item, list.length)
    let place = name
    for (let number = 2; items.has(place); number++) place = `${name} (${number})`
    items.set(place, isCounted ? rows : item)
  }
  return items
}

/** What tells an item of a list from the others. A single one without a name is compared with the single other one. */
function labelOf(item: JsonObject, count: number): string {
  const name = item.name ?? item.check ?? item.path ?? item.provider
  return typeof name === 'string' ? name : count === 1 ? '' : canonicalJson(item)
}

const wordsIn = (item: JsonObject): string[] =>
  Object.values(item).flatMap(each => (each === null ? [] : String(each)))

/** A kind of which there are no rows is not in the list. */
function numbersIn({ what, before = 0, after = 0 }: Differing): CountPair[] {
  const isCount = typeof before === 'number' && typeof after === 'number' && before !== after
  return isCount ? [{ what, before, after }] : []
}

const texts = ({ what, before, after }: Differing): MadePair => ({
  what,
  before: textOf(before),
  after: textOf(after),
})

const textOf = (value: Json | undefined): string | null =>
  value === undefined ? null : typeof value === 'string' ? value : canonicalJson(value)
