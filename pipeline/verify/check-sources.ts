import { type Check, isOwn } from '../../checks/check.ts'
import { hashOf, sha256 } from '../../schemas/hash.ts'
import type { Store } from '../../store/store.ts'
import { ConfigError } from '../errors.ts'
import type { Listener } from '../progress.ts'

/** What a check measured with one source: a series of facts, numbered from 0. */
interface Series {
  number: number
  /** A hash of the source; empty for a check of kindling's own, which is known by its version. */
  source: string
}

/** Where the fact of a check about a rollout is stored. */
export type FactKeys = (rollout: string, check: Check) => string

/**
 * A check of another version, with other options or of another source has facts of its own. Facts that were measured
 * before sources were looked at count as those of the first source that is seen.
 */
export async function factKeys(checks: readonly Check[], store: Store): Promise<FactKeys> {
  const numbers = new Map<string, number>()
  for (const check of checks)
    numbers.set(idOf(check), present(check, await seriesOf(check, store))?.number ?? 0)
  // Every row asks for the same names.
  const names = new Map<Check, string>()
  const named = (check: Check) => {
    const number = numbers.get(idOf(check)) ?? 0
    const name = `${idOf(check)}${number > 0 ? `#${number}` : ''}`
    names.set(check, name)
    return name
  }
  return (rollout, check) => `${rollout}/${names.get(check) ?? named(check)}`
}

/**
 * Look whether the code of the user's own checks has changed. A free check then measures anew. A check that asks models
 * keeps the facts that were paid for, and a warning says how to get new ones.
 */
export async function noteSources(checks: readonly Check[], store: Store, listen: Listener): Promise<void> {
  for (const check of checks.filter(isOwn)) {
    const all = await seriesOf(check, store)
    if (all.some(({ source }) => source === sourceOf(check))) continue
    if (all.length > 0) listen({ kind: 'warning', message: changed(check) })
    if (all.length === 0 || isFree(check)) await begin(check, all, store)
  }
}

/** Have checks measure everything anew, whatever is known. Throws ConfigError for a name that none of them has. */
export async function remeasure(
  names: readonly string[],
  checks: readonly Check[],
  store: Store,
): Promise<void> {
  for (const name of names) {
    const check = checks.find(each => each.name === name)
    if (!check) {
      const there = checks.map(each => each.name).join(', ')
      throw new ConfigError(`--remeasure ${name}: no check is named so; there are ${there || 'none'}`)
    }
    const all = await seriesOf(check, store)
    await begin(check, all.length > 0 ? all : [await begin(check, [], store)], store)
  }
}

const isFree = ({ models = [] }: Check) => models.length === 0

const changed = (check: Check) =>
  isFree(check)
    ? `check ${check.name}: its code changed, so it measures every row anew`
    : `check ${check.name}: its code changed since it measured, and it asks models, so what it measured stays; raise its version, or run \`kindling curate\` with --remeasure ${check.name}`

/** The last series of the source that the check has now; of what asks models, the last of all. */
const present = (check: Check, all: readonly Series[]) =>
  all.findLast(({ source }) => source === sourceOf(check)) ?? all.at(-1)

/** Of the text, but not of how it is laid out. Nothing that it imports is part of it. */
const sourceOf = (check: Check) => (isOwn(check) ? sha256(String(check.measure).replaceAll(/\s+/g, ' ')) : '')

const idOf = ({ name, version, options }: Check) => `${name}@${version}-${hashOf(options).slice(0, 8)}`

const seriesOf = async (check: Check, store: Store) =>
  (await Array.fromAsync(store.scan<Series>('sources', `${idOf(check)}/`))).map(({ value }) => value)

const begin = (check: Check, before: readonly Series[], store: Store) => {
  const number = before.length
  return store.put<Series>('sources', `${idOf(check)}/${String(number).padStart(6, '0')}`, {
    number,
    source: sourceOf(check),
  })
}
