import { readPointer } from './s3/pointer.ts'
import { sqlite } from './sqlite.ts'
import type { StoreKind } from './store.ts'

/** The store of a run whose config names none. */
export const defaultStore: StoreKind = sqlite()

/** The store of a run of which only the folder is known, and by default where there is none. */
export async function storeOf(folder: string): Promise<StoreKind> {
  const pointer = await readPointer(folder)
  if (!pointer) return defaultStore
  const { bucket, endpoint, region } = pointer
  // The run's name is the last part of its prefix.
  const prefix = pointer.prefix.replace(/\/[^/]+\/$/, '')
  const { s3 } = await import('./s3.ts')
  return s3({ bucket, prefix, ...(endpoint && { endpoint }), ...(region && { region }) })
}

/**
 * The folder, in another one, of a run that lies in a bucket, by its address, such as `s3://bucket/runs/demo`; what the
 * run has beside its store is there then. Throws StoreError where there is none.
 */
export async function runFrom(address: string, above: string): Promise<string> {
  const { adoptRun } = await import('./s3.ts')
  const folder = await adoptRun(address, above)
  await using _read = await (await storeOf(folder)).read(folder)
  return folder
}

/** Whether a folder is of a run. */
export const isRun = async (folder: string): Promise<boolean> => (await storeOf(folder)).isIn(folder)
