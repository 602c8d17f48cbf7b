import { batch, computed, signal } from '@preact/signals'
import { addressOf, fragmentOf, type PageAddress } from './address.ts'
import { filtered, type RowNotes, sorted } from './facets.ts'
import { type Folder, PageProblem } from './folder.ts'
import { openFolder, type Reader } from './read.ts'
import { relationsOf } from './relations.ts'
import type { RowLine } from './row-line.ts'

/** Whether panes have room beside one another; where not, what would take the whole window waits to be opened. */
export const isWide = matchMedia('(min-width: 901px)').matches

/** What went wrong, in one sentence; empty where nothing did. */
export const problem = signal('')

/** The export that is read; null before one is open. */
export const reader = signal<Reader | null>(null)

/** Its rows as far as they are there, in the order of the file. */
export const rows = signal<readonly RowLine[]>([])

export const address = signal<PageAddress>(addressOf(location.hash))

/** The label that counts, by key; `labels.jsonl` fills it. */
export const labels = signal<ReadonlyMap<string, string>>(new Map())

/** Keys of rows whose messages have the words looked for, as far as they were looked through. */
export const foundInMessages = signal<ReadonlySet<string>>(new Set())

/** How the rows that are there belong together. */
export const relations = computed(() => relationsOf(rows.value))

const known = computed<RowNotes>(() => ({ relations: relations.value, labels: labels.value }))

/** Parts of the address: opening another row filters nothing anew. */
const chosen = computed(() => address.value.chosen)
const words = computed(() => address.value.text.toLowerCase())
const sort = computed(() => address.value.sort)

export const found = computed(() => {
  const inMessages = foundInMessages.value
  const has = (row: RowLine) =>
    words.value === '' ||
    inMessages.has(row.key) ||
    ownTexts(row).some(each => each?.toLowerCase().includes(words.value))
  return filtered(rows.value, chosen.value, known.value, has)
})

const ownTexts = (row: RowLine) => [
  row.task_id,
  row.question,
  row.answer,
  row.teacher_answer,
  row.detail,
  row.key,
]

/** The rows of the list, in its order. */
export const rowsListed = computed(() => sorted(found.value.rows, sort.value))

/** Show something else. What is only passed by leaves no step to go back to. */
export function go(change: Partial<PageAddress>, step: 'new' | 'same' = 'new'): void {
  const next = { ...address.value, ...change }
  const fragment = `#${fragmentOf(next)}`
  if (fragment === location.hash) return
  if (step === 'new') history.pushState(null, '', fragment)
  else history.replaceState(null, '', fragment)
  address.value = next
}

addEventListener('popstate', () => {
  address.value = addressOf(location.hash)
})

/** Open the row so many places further down the list. */
export function step(by: number): void {
  const all = rowsListed.value
  const at = all.findIndex(({ key }) => key === address.value.key)
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]
  if (next) openKey(next)
}

/** Open a row; where siblings that disagree are looked at, with one of those beside it. */
export function openKey(row: RowLine): void {
  const beside = address.value.chosen.siblings?.length ? relations.value.opposite(row) : undefined
  go({ key: row.key, beside: beside?.key ?? null }, address.value.key === null ? 'new' : 'same')
}

/** Milliseconds between two looks at rows that are still coming. */
const pause = 300

/** Read the rows of an export: the first ones are shown at once. */
export async function showFolder(folder: Promise<Folder>): Promise<void> {
  try {
    const opened = await openFolder(await folder)
    batch(() => {
      problem.value = ''
      rows.value = []
      reader.value = opened
    })
    const all: RowLine[] = []
    let last = 0
    for await (const more of opened.rows()) {
      all.push(...more)
      if (performance.now() - last < pause && all.length < opened.count) continue
      rows.value = [...all]
      last = performance.now()
    }
    rows.value = all
  } catch (error) {
    problem.value = sentenceOf(error)
  }
}

export const sentenceOf = (error: unknown): string =>
  error instanceof PageProblem ? error.message : `This is a fault of the page: ${error}`
