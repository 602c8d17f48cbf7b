import { type Json, parseJson } from '../schemas/json.ts'

/** Where an image stands in the text of a training row (LLaMA-Factory, verl and ms-swift count it). */
export const placeholder = '<image>'

/** Tags that mean something to whoever reads the text later, and so must not stand in what a model or a tool wrote. */
const media = ['image', 'video', 'audio']

/**
 * Keeps hostile text from being read as structure: in `<image>`, and in the given tags, a space is put behind the `<`.
 * With `special`, also in `<|…|>`, which tokenizers take for control tokens. One guard serves one row and remembers
 * whether it changed anything.
 */
export interface Guard {
  text(value: string): string
  /**
   * Guards the strings inside JSON; text that is not JSON is guarded as text. Unchanged JSON stays as it was written.
   */
  json(raw: string): string
  altered(): boolean
}

export function guard({ tags = [], special = false }: { tags?: string[]; special?: boolean } = {}): Guard {
  const words = [...media, ...tags].join('|')
  const pattern = new RegExp(`<(?=/?(?:${words})>${special ? '|\\|[^<>|]*\\|>' : ''})`, 'g')
  let changed = false

  function text(value: string): string {
    const safe = value.toWellFormed().replace(pattern, '< ')
    if (safe !== value) changed = true
    return safe
  }

  function deep(value: Json): Json {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(deep)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), deep(item)]))
  }

  function json(raw: string): string {
    // Nothing in it can be changed, however it is read.
    if (!/<|\\u/.test(raw) && raw.isWellFormed()) return raw
    const value = parseJson(raw)
    if (value === undefined) return text(raw)
    const before = changed
    changed = false
    try {
      const safe = deep(value)
      return changed ? JSON.stringify(safe) : raw
    } catch (error) {
      // JSON that is nested too deep to be walked through is a text.
      if (error instanceof RangeError) return text(raw)
      throw error
    } finally {
      changed ||= before
    }
  }

  return { text, json, altered: () => changed }
}
