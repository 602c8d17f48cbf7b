import { relative } from 'node:path'
import type { FileChange, Push } from '../../publish/destination.ts'
import type { PushNews } from '../../publish/errand.ts'
import type { HeldLicence } from '../../publish/held-licences.ts'
import { sizeWords } from '../lines/size-words.ts'
import { table } from '../printed-table.ts'
import { harmless } from '../show.ts'

/** What a push came to, or would come to. */
export interface PushResult {
  to: string
  export: { path: string; name: string; number: string | null; manifest: string }
  /** Whether it was done. */
  pushed: boolean
  /** Whether there is, or was, anything to do. */
  needed: boolean
  /** Where it lies, or would lie. */
  at: string
  /** Bytes that go there. */
  bytes: number
  files: Push['changes']
  licences: HeldLicence[]
  notes: string[]
}

/** What is heard while something is pushed, in a line. */
export function newsLine(news: PushNews): string {
  if (news.kind === 'sending')
    return `  sending to ${harmless(news.what)}: ${sizeWords(news.bytes)} of ${sizeWords(news.whole)}`
  return `  asking again (try ${news.number} of ${news.most}): ${harmless(news.why)}`
}

/** What a push did, or would do: files by what happens to them, and licences. */
export function printPush(result: PushResult): string {
  const { licences, notes, pushed, needed, at, to, files } = result
  const { name, number, path } = result.export
  const end = pushed
    ? `pushed: ${harmless(at)}`
    : needed
      ? 'nothing was pushed; --yes pushes it'
      : `all of it lies there: ${harmless(at)}`
  return [
    harmless(`${[name, number].filter(Boolean).join(' ')} (${relative('.', path) || path}) → ${to}`),
    ...kinds.flatMap(does => listed(files, does, pushed)),
    ...notes.map(note => `  ${harmless(note)}`),
    '  licences, and of how many rows:',
    indented(licences.map(({ licence, rows, whose }) => [licence, String(rows), whose])),
    end,
  ].join('\n')
}

/** What happens to files, before and after it did. */
const words: Record<FileChange['does'], [before: string, after: string]> = {
  sent: ['to be sent', 'sent'],
  copied: ['to be copied there from the export before', 'copied there from the export before'],
  removed: ['to be removed there', 'removed there'],
  same: ['there already', 'there already'],
}
const kinds = Object.keys(words) as FileChange['does'][]

/** So many of a kind are listed one by one. */
const most = 20

function listed(changes: readonly FileChange[], does: FileChange['does'], pushed: boolean): string[] {
  const all = changes.filter(each => each.does === does)
  if (all.length === 0) return []
  const bytes = all.reduce((sum, each) => sum + each.bytes, 0)
  const count = `${all.length} ${all.length === 1 ? 'file' : 'files'}, ${sizeWords(bytes)}`
  const head = `  ${words[does][pushed ? 1 : 0]}: ${count}`
  if (does === 'same') return [head]
  const more = all.length > most ? [`    and ${all.length - most} more`] : []
  return [head, indented(all.slice(0, most).map(({ path, bytes }) => [path, sizeWords(bytes)])), ...more]
}

const indented = (rows: string[][]): string => table(rows).replaceAll(/^/gm, '  ')
