import type { DraftCall } from './source.ts'
import { withoutThink } from './telling.ts'

/** Of `<code>`, the last one, and in it the last fence; DeepEyesV2 and Thyme write code so. */
const tag = /<code>([\s\S]*?)<\/code>/g
const fence = /```(?:python|py)?[ \t]*\n([\s\S]*?)\n?```/g

/** A reply whose code stands in its tag; undefined where there is none. */
export function codeTag(content: string): { text: string; calls: DraftCall[] } | undefined {
  const written = [...content.matchAll(tag)].at(-1)
  if (!written) return undefined
  const [all, inside = ''] = written
  const code = [...inside.matchAll(fence)].at(-1)?.[1] ?? inside.trim()
  return {
    text: withoutThink(content.replace(all, '')),
    calls: [{ id: '', name: 'code', arguments: code, code }],
  }
}
