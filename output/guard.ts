import Type, { type Static } from 'typebox'
import { closed, count, share } from '../schemas/options.ts'

/** What an export has to hold to take the place of the one that is there. Rows are kept ones. */
export const ExportGuard = closed({
  /** Fewest rows. */
  minRows: Type.Optional(count),
  /** Largest share of the rows of the export that is there that may be lost: 0.1 is a tenth. */
  maxDrop: Type.Optional(share),
  /** The same for the rows of each category. */
  maxDropPerCategory: Type.Optional(share),
})
export type ExportGuard = Static<typeof ExportGuard>

/** The bound that an export does not keep, and both figures. */
export interface Breach {
  bound: keyof ExportGuard
  limit: number
  rows: number
  /** Rows of the export that is there, where the bound is about them. */
  before?: number
  category?: string
}
