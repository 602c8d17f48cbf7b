import type { Check } from '../../checks/check.ts'
import type { Listener } from '../progress.ts'

/** Says, once for each check that asks no model, that facts of another version are there and rows are measured anew. */
export function newVersions(listen: Listener) {
  const told = new Set<string>()

  /** Note that a check measures a rollout for the first time, of which these facts are there. */
  return (keys: Iterable<string>, rollout: string, { name, version, models = [] }: Check): void => {
    if (models.length > 0 || told.has(name)) return
    const first = Iterator.from(keys).find(key => key.startsWith(`${rollout}/${name}@`))
    if (first === undefined || first.startsWith(`${rollout}/${name}@${version}-`)) return
    told.add(name)
    listen({ kind: 'warning', message: measuresAnew(name, version) })
  }
}

const measuresAnew = (name: string, version: number): string =>
  `check ${name}: this run was measured by another version of it, so version ${version} measures every row anew; it asks no model`
