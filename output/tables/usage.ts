import type { Field } from 'apache-arrow'
import type { Usage } from '../../schemas/reply-use.ts'
import { int32 } from '../columns.ts'

const kinds = ['input', 'output', 'cached', 'reasoning', 'cacheWrite'] as const

const columnOf = (kind: (typeof kinds)[number]) =>
  kind === 'cacheWrite' ? 'cache_write_tokens' : `${kind}_tokens`

/** Tokens as the provider counts them. */
export const usageFields: readonly Field[] = kinds.map(kind => int32(columnOf(kind)))

/** The sums of them, in those columns. */
export const usageColumns = (usages: readonly Usage[]): Record<string, number> =>
  Object.fromEntries(kinds.map(kind => [columnOf(kind), totalled(usages.map(usage => usage[kind] ?? 0))]))

/** Null counts as nothing. */
export const totalled = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
