import Type, { type Static } from 'typebox'
import { parseJson } from '../schemas/json.ts'
import { lazyValidator } from '../schemas/validate.ts'
import { type AnyExport, splitOf } from './export.ts'
import type { Breach, ExportGuard } from './guard.ts'
import { manifestIn } from './numbered/alike.ts'
import type { Summary } from './summary.ts'
import type { Written } from './target.ts'

const rows = Type.Integer({ minimum: 0 })

/** How many rows a target of an export holds, its text rows included. */
const HeldRows = Type.Object({
  select: Type.Unsafe<AnyExport['select']>({ type: 'string' }),
  rows,
  mixed: Type.Optional(Type.Object({ rows })),
})
type HeldRows = Static<typeof HeldRows>

/** What a manifest says of the rows of its export. */
const Held = Type.Object({
  funnel: Type.Object({ kept: rows }),
  /** Of kept rows. */
  categories: Type.Array(Type.Object({ category: Type.String(), rows })),
  targets: Type.Array(HeldRows),
})

const reading = lazyValidator(Held)

/**
 * Rows to train on that would be lost if the export at `link` were replaced by this one, which was to have some and has
 * none; undefined where it has some, or was not to have any.
 */
export async function rowsAtStake(link: string, written: readonly Written[]): Promise<number | undefined> {
  const now = written.map(({ target, counts, mixed }) => ({
    select: target.select,
    rows: counts.rows,
    ...(mixed && { mixed }),
  }))
  return now.some(isForTraining) && trainingRows(now) === 0
    ? trainingRows((await heldIn(link)).targets)
    : undefined
}

const isForTraining = ({ select }: HeldRows): boolean => splitOf({ select }) === 'train'

const trainingRows = (targets: readonly HeldRows[]): number =>
  targets.filter(isForTraining).reduce((sum, { rows, mixed }) => sum + rows - (mixed?.rows ?? 0), 0)

/** What the export at `link` holds; nothing where there is none, or none that can be read. */
async function heldIn(link: string): Promise<Static<typeof Held>> {
  const read = reading(parseJson(await manifestIn(link)))
  return read.ok ? read.value : { funnel: { kept: 0 }, categories: [], targets: [] }
}

/** The first bound that is not kept; undefined where all are. */
export async function breachOf(
  link: string,
  { kept, categories }: Pick<Summary, 'kept' | 'categories'>,
  { minRows = 0, maxDrop = 1, maxDropPerCategory = 1 }: ExportGuard,
): Promise<Breach | undefined> {
  if (kept < minRows) return { bound: 'minRows', limit: minRows, rows: kept }
  const held = await heldIn(link)
  if (isDrop(held.funnel.kept, kept, maxDrop))
    return { bound: 'maxDrop', limit: maxDrop, rows: kept, before: held.funnel.kept }
  const now = new Map(categories.map(({ category, rows }) => [category, rows]))
  return held.categories
    .map(({ category, rows }) => ({ category, rows: now.get(category) ?? 0, before: rows }))
    .filter(({ before, rows }) => isDrop(before, rows, maxDropPerCategory))
    .map(drop => ({ bound: 'maxDropPerCategory' as const, limit: maxDropPerCategory, ...drop }))[0]
}

const isDrop = (before: number, now: number, most: number): boolean =>
  before > 0 && (before - now) / before > most
