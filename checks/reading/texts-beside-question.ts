import Type, { type Static } from 'typebox'
import type { Json } from '../../schemas/json.ts'
import type { Task } from '../../schemas/task.ts'

/** Where something stands that goes with a question: see `TextLeakOptions`. */
export const TextPlace = Type.Enum(['question', 'id', 'url', 'paths', 'meta'])
export type TextPlace = Static<typeof TextPlace>

/** A text that goes with a question. `path` names its field, such as `meta.file`. */
export interface Beside {
  place: TextPlace
  path: string
  text: string
}

/** All that goes with a task's question, the question first. */
export function textsBeside({ question, id, source, meta }: Task): Beside[] {
  const deep = stringsIn(meta, 'meta').map(({ path, text }) => ({
    place: isPath(path, text) ? ('paths' as const) : ('meta' as const),
    path,
    text,
  }))
  return [
    { place: 'question', path: 'question', text: question },
    { place: 'id', path: 'id', text: id },
    ...(source.url ? [{ place: 'url' as const, path: 'source.url', text: source.url }] : []),
    ...deep,
  ]
}

function stringsIn(value: Json, path: string): { path: string; text: string }[] {
  if (typeof value === 'string' || typeof value === 'number') return [{ path, text: String(value) }]
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, item]) => stringsIn(item, `${path}.${key}`))
}

const isPath = (path: string, text: string): boolean =>
  /(?:^|[._])(?:files?|file_?names?|paths?|urls?|uris?|src|images?)(?:\.\d+)?$/i.test(path) ||
  /^https?:\/\/|^[^\s]+\.(?:png|jpe?g|webp|gif|svg|bmp|tiff?)$/i.test(text)
