import { readFileSync } from 'node:fs'
import type { Json } from '../../schemas/json.ts'
import { type CheckContext, fail, type Measurement } from '../check.ts'

const parsing = read('parsing.py')

/** The text of an analyser beside this file: Python that defines `analyse(data)`. */
export function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}

export type Analysed<T> = { ok: true; value: T } | { ok: false; measured: Measurement }

/**
 * An analyser's result for some data. If code brings its parser down, that says something about the code, not about us.
 */
export async function analysed<T>(
  analyser: string,
  data: Json,
  context: Pick<CheckContext, 'analysis'>,
): Promise<Analysed<T>> {
  const text = JSON.stringify(JSON.stringify(data))
  const session = await context.analysis()
  const result = await session.exec(
    `${parsing}\n${analyser}\nprint(json.dumps(analyse(json.loads(${text}))))`,
  )
  if (result.status === 'ok') return { ok: true, value: JSON.parse(result.stdout) }
  return {
    ok: false,
    measured: fail('unreadable', `Python's parser ended with ${result.error?.name ?? result.status}`),
  }
}
