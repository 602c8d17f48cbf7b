import { hashOf } from '../../schemas/hash.ts'

/** Under which key the sha256 of a file is pinned. */
export const pinnedHash = (shown: string) => `sha256/${shown}`
export const allColumns = 'columns/'
/** Under which key it is pinned what some columns of a file hold. */
export const pinnedColumns = (shown: string, columns: readonly string[]) =>
  `${allColumns}${hashOf([shown, columns])}`
/** Under which key it is pinned which files a pattern means. */
export const pinnedListing = (shown: string) => `listing/${shown}`
