import type { Json } from '../../schemas/json.ts'
import type { Task } from '../../schemas/task.ts'

/** Where something stands that goes with a question: see `TextLeakOptions`. */
export type Place = 'question' | 'id' | 'url' | 'paths' | 'meta'

/** A text that goes with a question. `path` names its field, such as `meta.file`. */
export interface Beside {
  place: Place
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

/** Words and numbers in lower case and without accents, whatever joins them (`-`, `_`, `%20`); 1,234 is one number. */
export function tokensOf(text: string): string[] {
  const plain = decoded(text)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, '')
  return plain.toLowerCase().match(/\d+\.\d+|\d+|\p{L}+/gu) ?? []
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether a text holds these tokens, one behind the other. */
export const holdsTokens = (text: string, wanted: readonly string[]): boolean =>
  ` ${tokensOf(text).join(' ')} `.includes(` ${wanted.join(' ')} `)
