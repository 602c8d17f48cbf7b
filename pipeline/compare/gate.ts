import { nearest } from '../../schemas/nearest.ts'
import { ConfigError } from '../errors.ts'
import { unlikely } from './chance.ts'
import {
  type Comparison,
  type LimitHeld,
  type LimitName,
  limitNames,
  type RowComparison,
} from './comparison.ts'

/** What must not be passed, as shares. */
export type GateLimits = Partial<Record<LimitName, number>>

/** What each limit bounds, for a person. */
export const limitMeanings: Record<LimitName, string> = {
  lost: 'rows kept before that are not kept now, of those kept before',
  flips: 'rows decided otherwise, of those on both sides',
  answers: 'rows with another answer, of those answered on both sides',
  rows: 'by how much fewer rows are kept',
  yield: 'by how much the share of kept rows falls, where chance does not explain it',
  cost: 'by how much the replies for a kept row cost more',
}

/** GateLimits as they are written, such as `lost=5%,cost=0.1`. Throws ConfigError. */
export function limitsIn(texts: readonly string[]): GateLimits {
  const limits: GateLimits = {}
  for (const text of texts.flatMap(each => each.split(','))) {
    const [name = '', value = '', ...more] = text.split('=').map(part => part.trim())
    const known = limitNames.find(each => each === name)
    if (!known)
      throw new ConfigError(`--gate ${text}: there is no limit ${name || 'without a name'}${meant(name)}`)
    if (known in limits) throw new ConfigError(`--gate ${text}: ${name} has a limit already; give one`)
    const share = more.length > 0 ? undefined : shareIn(value)
    if (share === undefined)
      throw new ConfigError(`--gate ${text}: give a share such as ${name}=5% or ${name}=0.05`)
    limits[known] = share
  }
  return limits
}

function meant(name: string): string {
  const near = nearest(name, limitNames)
  return near ? `; did you mean ${near}?` : `; there are ${limitNames.join(', ')}`
}

/** Undefined where it is none: `5` may mean 5 % or five times, so more than the whole takes a percent sign. */
function shareIn(text: string): number | undefined {
  const [, number, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text) ?? []
  if (number === undefined || (!percent && Number(number) > 1)) return undefined
  return Number(number) / (percent ? 100 : 1)
}

/** Throws ConfigError where a limit is of what these two do not tell, before their rows are read. */
export function demandKnown(limits: GateLimits, { before, after }: Pick<Comparison, 'before' | 'after'>) {
  for (const name of namesIn(limits))
    for (const side of [before, after]) {
      const lacking = lackingFor(name, side)
      if (lacking) throw new ConfigError(`--gate ${name}: ${side.path} ${lacking}`)
    }
}

const namesIn = (limits: GateLimits) => limitNames.filter(name => limits[name] !== undefined)

function lackingFor(name: LimitName, { kind, rows }: Comparison['before']): string | undefined {
  if (name === 'cost' && kind !== 'run') return 'says no costs; give the run instead'
  if (rows === 'none') return 'tells of no rows; give the whole export with hf/, or the run'
  if (['flips', 'yield'].includes(name) && rows !== 'all')
    return 'has no rejected/, so it does not say what was dropped; give the run instead'
  return undefined
}

/** Hold limits against a comparison. Throws ConfigError where there is nothing to hold one against. */
export const heldAgainst = (limits: GateLimits, rows: RowComparison): LimitHeld[] =>
  namesIn(limits).map(name => {
    const limit = limits[name] ?? 0
    const { found, of, passes = found > limit } = measured[name](rows)
    if (Number.isNaN(found)) throw new ConfigError(`--gate ${name}: ${of}, so it cannot be told`)
    const line = `${name} ${percent(found)} (${of}); the limit is ${percent(limit)}`
    return { name, limit, found, passed: passes && found > limit, line }
  })

interface Measured {
  /** Not a finite number where there is nothing to measure, as `of` says. */
  found: number
  of: string
  passes?: boolean
}

const measured: Record<LimitName, (rows: RowComparison) => Measured> = {
  lost: rows => {
    const [lost, before] = [rows.lost + rows.gone.kept, all(rows).before.kept]
    return { found: before > 0 ? lost / before : 0, of: `${lost} of ${before} rows that were kept` }
  },
  flips: ({ aligned, same }) => ({
    found: (aligned - same) / aligned,
    of: `${aligned - same} of ${aligned} rows`,
  }),
  answers: ({ answers: { both, changed } }) => ({
    found: changed.length / both,
    of: `${changed.length} of ${both} answers`,
  }),
  rows: rows => {
    const [before, after] = [all(rows).before.kept, all(rows).after.kept]
    return { found: before > 0 ? (before - after) / before : 0, of: `${after} rows are kept, ${before} were` }
  },
  yield: rows => {
    const { lost, gained, p } = all(rows)
    return {
      found: (lost - gained) / rows.aligned,
      of: `of ${rows.aligned} rows on both sides ${lost} are not kept any more and ${gained} are now${p === null ? '' : `, p ${p.toPrecision(2)}`}`,
      passes: p !== null && p < unlikely,
    }
  },
  cost: rows => {
    const [before, after] = [costOfKept(all(rows).before), costOfKept(all(rows).after)]
    const rise = before === after ? 0 : after / before - 1
    return {
      found: Number.isFinite(before) ? rise : Number.NaN,
      of: `a kept row took ${dollarsOf(before)}, and takes ${dollarsOf(after)} now`,
    }
  },
}

const costOfKept = ({ usd, kept }: { usd: number | null; kept: number }) => (usd ?? Number.NaN) / kept

const dollarsOf = (usd: number) => (Number.isFinite(usd) ? `$${usd.toPrecision(3)}` : 'no known sum')

function all({ groups }: RowComparison): RowComparison['groups'][number] {
  const found = groups.find(({ by }) => by === 'all')
  if (!found) throw new Error('a comparison counts all rows')
  return found
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
