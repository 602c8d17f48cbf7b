import type { Store } from '../../store/store.ts'
import { extensionSizes } from '../../tasks/task-list.ts'

/** The part of each extension of a run's tasks, by its number. Extensions that came one after the other share one. */
export type Parts = readonly number[]

/**
 * Small extensions are joined to those before them until each part is at least twice the next one. So a row is written
 * again only when its part has grown by half, and n tasks have at most log2(n) + 1 parts. An extension that comes later
 * changes the last parts alone. `sizes` are tasks of each extension.
 */
export function partsFor(sizes: readonly number[]): Parts {
  const parts: { extensions: number; size: number }[] = []
  for (const size of sizes) {
    const part = { extensions: 1, size }
    for (let before = parts.at(-1); before && before.size < 2 * part.size; before = parts.at(-1)) {
      part.extensions += before.extensions
      part.size += before.size
      parts.pop()
    }
    parts.push(part)
  }
  return parts.flatMap(({ extensions }, part) => Array<number>(extensions).fill(part))
}

/** Those of a run, which its store has written down. */
export const partsIn = async (store: Store): Promise<Parts> => partsFor(await extensionSizes(store))

/** What `pass` gives of each part, one part after the other. It is asked for those extensions that `isIn` takes. */
export async function* byPart<Item extends object>(
  parts: Parts,
  pass: (isIn: (extension: number) => boolean) => AsyncIterable<Item>,
): AsyncGenerator<Item & { part: number }> {
  const last = parts.at(-1) ?? 0
  for (let part = 0; part <= last; part++)
    for await (const item of pass(extension => (parts[extension] ?? last) === part)) yield { ...item, part }
}
