import Type, { type Static } from 'typebox'
import { isObject, parseJson } from '../schemas/json.ts'
import { licenceKey, unknownLicence } from '../schemas/licence.ts'
import { lazyValidator } from '../schemas/validate.ts'
import { DamagedError } from '../store/errors.ts'
import { parquetRows } from '../tasks/parquet.ts'
import { type Bundle, shardsOf } from './bundle.ts'
import { termsOf } from './terms.ts'

/** A licence in an export, whose it is, and how many rows are of it. */
export interface HeldLicence {
  licence: string
  whose: string
  rows: number
}

const rows = Type.Integer({ minimum: 0 })
const Named = Type.Object({ name: Type.String(), licence: Type.String() })

/** What a manifest says of licences. Its sources are those of rows to train on; of other rows they stand in columns. */
const Licensed = Type.Object({
  sources: Type.Array(Type.Intersect([Named, Type.Object({ rows })])),
  corpora: Type.Array(Type.Object({ provider: Type.String(), licence: Type.String(), rows })),
  targets: Type.Array(
    Type.Object({
      name: Type.String(),
      rows,
      select: Type.String(),
      columns: Type.Array(Type.String()),
      mixed: Type.Optional(Type.Object({ source: Named, rows })),
    }),
  ),
})
type Licensed = Static<typeof Licensed>

const licensed = lazyValidator(Licensed)

/** The licences of all that an export holds: of its rows, of what searches showed in them, and of text mixed in. */
export async function heldLicences(bundle: Bundle): Promise<HeldLicence[]> {
  const read = licensed(bundle.manifest)
  if (!read.ok) return [{ licence: unknownLicence, whose: bundle.name, rows: rowsOf(bundle) }]
  const { sources, corpora, targets } = read.value
  const dropped = await Array.fromAsync(
    targets.filter(({ select }) => !trained.has(select)),
    target => ofColumns(target, bundle),
  )
  return [
    ...sources.map(({ name, licence, rows }) => ({ licence, whose: name, rows })),
    ...corpora.map(({ provider, licence, rows }) => ({ licence, whose: `search in ${provider}`, rows })),
    ...targets.flatMap(({ name, mixed }) =>
      mixed
        ? [{ licence: mixed.source.licence, whose: `${mixed.source.name} in ${name}`, rows: mixed.rows }]
        : [],
    ),
    ...dropped.flat(),
  ]
}

/** The manifest counts what these are of. */
const trained: ReadonlySet<string> = new Set(['kept', 'rl'])

const rowsOf = ({ manifest: { targets } }: Bundle) => targets.reduce((sum, { rows }) => sum + rows, 0)

/** Columns that name licences, the one that tells most first. */
const columns = ['provenance', 'source', 'licence']

async function ofColumns({ name, columns: there, rows }: Licensed['targets'][number], bundle: Bundle) {
  const column = columns.find(each => there.includes(each))
  if (column === undefined) return rows > 0 ? [{ licence: unknownLicence, whose: name, rows }] : []
  const counts = new Map<string, number>()
  for await (const value of valuesIn(column, shardsOf(name, bundle)))
    for (const licence of licencesIn(value, column)) counts.set(licence, (counts.get(licence) ?? 0) + 1)
  return [...counts].map(([licence, rows]) => ({ licence, whose: name, rows }))
}

async function* valuesIn(column: string, shards: { path: string; shown: string }[]): AsyncGenerator<unknown> {
  for (const shard of shards)
    for await (const row of parquetRows(shard, [column])) {
      if ('problem' in row) throw new DamagedError(`${row.place}: ${row.problem}`)
      yield row.row[column]
    }
}

/** Those of a row: of its source, and of what searches showed in it. Each once. */
function licencesIn(value: unknown, column: string): Set<string> {
  if (column === 'licence') return new Set([nameIn(value)])
  const told = parseJson(String(value))
  if (!isObject(told)) return new Set([unknownLicence])
  const source = isObject(told.source) ? told.source : told
  const searched = Array.isArray(told.searched) ? told.searched : []
  return new Set([source, ...searched].map(each => nameIn(isObject(each) ? each.licence : null)))
}

const nameIn = (value: unknown): string => (typeof value === 'string' ? value : unknownLicence)

/**
 * Why an export may not be handed on, in a line for each licence that is not known to let others have copies, but for
 * those that a person allows by name.
 */
export function refusedLicences(held: readonly HeldLicence[], allowed: readonly string[]): string[] {
  const named = new Set(allowed.map(licenceKey))
  return held
    .map(each => ({ ...each, terms: termsOf(each.licence) }))
    .filter(({ licence, terms }) => terms !== 'open' && !named.has(licenceKey(licence)))
    .map(({ licence, whose, rows, terms }) => {
      const which = `licence ${JSON.stringify(licence)} of ${whose} (${rows} ${rows === 1 ? 'row' : 'rows'})`
      const why =
        terms === 'closed'
          ? 'it forbids to hand copies on'
          : 'nobody knows here whether it lets others have copies'
      const flag = `--allow-licence ${JSON.stringify(licence)}`
      return `${which}: ${why}; leave it out by the filter \`licences\`, or give ${flag} where you may hand it on`
    })
}
