import type { Check } from '../../checks/check.ts'
import type { Store } from '../../store/store.ts'
import type { Listener } from '../progress.ts'

/** Says, once for each check that asks no model, that facts of another version are there and rows are measured anew. */
export function newVersions(store: Store, listen: Listener) {
  const told = new Set<string>()

  /** Note that a check measures a rollout for the first time. */
  return async (rollout: string, { name, version, models = [] }: Check): Promise<void> => {
    if (models.length > 0 || told.has(name)) return
    for await (const { key } of store.scan('facts', `${rollout}/${name}@`)) {
      if (told.has(name) || key.startsWith(`${rollout}/${name}@${version}-`)) return
      told.add(name)
      listen({ kind: 'warning', message: measuresAnew(name, version) })
    }
  }
}

const measuresAnew = (name: string, version: number): string =>
  `check ${name}: this run was measured by another version of it, so version ${version} measures every row anew; it asks no model`
