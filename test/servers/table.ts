import { globSync } from 'node:fs'
import { basename } from 'node:path'
import type { Behaviour } from './behaviour.ts'

/** Every row of the table, in the order of the files in `rows/`. */
export async function allRows(): Promise<Behaviour[]> {
  const files = globSync('rows/*.ts', { cwd: import.meta.dirname })
  const names = files.map(file => basename(file, '.ts')).sort()
  const parts = names.map(name => import(`./rows/${name}.ts`) as Promise<{ rows: Behaviour[] }>)
  return (await Promise.all(parts)).flatMap(({ rows }) => rows)
}

/** As a line of the table reads. */
export function titleOf({ wire, streamed, server, ends, calls, exit }: Behaviour): string {
  const how = `${wire}${streamed ? ', streamed' : ''}`
  return `${how}: ${server} → ${ends.join('; ')}; ${calls} calls, exit ${exit}`
}
