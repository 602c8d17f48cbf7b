import { computed, effect, signal } from '@preact/signals'
import type { Line } from './parquet.ts'
import { textFrom } from './row-line.ts'
import { address, foundInMessages, reader, sentenceOf } from './state.ts'

/** How far what was said, called and seen is looked through, from 0 to 1; null where nobody asked for it. */
export const searchDone = signal<number | null>(null)
export const searchProblem = signal('')

/** Where texts of messages are. */
const tables = { turns: ['text', 'reasoning'], calls: ['arguments', 'output', 'message'] }

/** Milliseconds that somebody who writes may rest before it begins. */
const rest = 400

const wanted = computed(() => (address.value.within === 'messages' ? address.value.text.toLowerCase() : ''))

/** From now on words are looked for in messages whenever the address asks for that. */
export function searchMessages(): void {
  effect(() => {
    const [words, from] = [wanted.value, reader.value]
    foundInMessages.value = new Set()
    searchDone.value = null
    searchProblem.value = ''
    if (words === '' || !from) return
    const stop = new AbortController()
    const begin = setTimeout(() => {
      lookThrough(from, words, stop.signal).catch(error => {
        if (!stop.signal.aborted) searchProblem.value = sentenceOf(error)
      })
    }, rest)
    return () => {
      clearTimeout(begin)
      stop.abort()
    }
  })
}

/** Row group by row group, so that little is in memory and what is found shows at once. */
async function lookThrough(from: NonNullable<typeof reader.value>, words: string, stop: AbortSignal) {
  const opened = await Promise.all(
    Object.entries(tables).map(async ([name, columns]) => ({ columns, table: await from.table(name) })),
  )
  const all = opened.flatMap(({ columns, table }) =>
    (table?.groups ?? []).map(({ start, end }) => ({
      columns,
      read: async () => (await table?.read(start, end, ['key', ...columns])) ?? [],
    })),
  )
  for (const [index, { columns, read }] of all.entries()) {
    const lines = await read()
    if (stop.aborted) return
    const keys = lines.filter(line => says(line, columns, words)).map(({ key }) => textFrom(key) ?? '')
    if (keys.length > 0) foundInMessages.value = new Set([...foundInMessages.peek(), ...keys])
    searchDone.value = (index + 1) / all.length
  }
}

const says = (line: Line, columns: readonly string[], words: string): boolean =>
  columns.some(column => textFrom(line[column])?.toLowerCase().includes(words))
