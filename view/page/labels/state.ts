import { computed, effect, signal } from '@preact/signals'
import type { Label } from '../../../labels/label.ts'
import { type Queued, queueOf } from '../../../labels/queue.ts'
import { rowLabel, standing } from '../../../labels/row-label.ts'
import type { RowLine } from '../row-line.ts'
import { address, labels, reader, rows, rowsListed } from '../state.ts'

const name = 'kindling-person'

/** Who labels; the browser remembers it. */
export const person = signal(remembered())

/** What was done last, in words: also for those who do not see the page. */
export const told = signal('')

/** Whether what comes next is what helps most, and not the next of the list. */
export const byQueue = signal(false)

/** Every label that is known, in order. */
export const said = signal<readonly Label[]>([])

/** A page that was opened from a file may have nothing to remember with. */
function remembered(): string {
  try {
    return localStorage.getItem(name) ?? ''
  } catch {
    return ''
  }
}

export function setPerson(text: string): void {
  person.value = text.trim()
  try {
    localStorage.setItem(name, person.value)
  } catch {
    // It holds until the page is closed.
  }
}

/** Labels say which export they are of; of one without a manifest there can be none. */
export const canLabel = computed(() => reader.value !== null && reader.value.folder.manifest !== null)

const byRow = computed(() => Map.groupBy(standing(said.value), ({ key }) => key))

const labelled = computed(
  () =>
    new Map(
      [...byRow.value].flatMap(([key, own]) => {
        const found = rowLabel(own)
        return found ? [[key, found] as const] : []
      }),
    ),
)

effect(() => {
  labels.value = new Map([...labelled.value].map(([key, { label }]) => [key, label]))
})

/** What this person says of a row, or of a turn of it, now. */
export const ownLabel = (key: string | null, turn?: number): Label | undefined =>
  byRow.value.get(key ?? '')?.find(each => each.by === person.value && each.turn === turn)

/** How many rows of the list this person said something of. */
export const progress = computed(() => {
  const mine = new Set(said.value.filter(({ by }) => by === person.value).map(({ key }) => key))
  const done = rowsListed.value.filter(
    ({ key }) => mine.has(key) && byRow.value.get(key)?.some(({ by }) => by === person.value),
  )
  return { done: done.length, of: rowsListed.value.length }
})

/** How far a sample may be off: as `kindling labels` has it. */
const error = 0.05

/** Rows of the list whose labels help most, those first. */
export const queue = computed<readonly Queued[]>(() => {
  const listed = new Set(rowsListed.value.map(({ key }) => key))
  const all = queueOf(rows.value.map(queueRow), labelled.value, { by: person.value, error })
  return all.filter(({ key }) => listed.has(key))
})

const queueRow = ({ key, task_id: task, category, kept, stage, checks_failed: failed }: RowLine) => ({
  ...{ key, task, failed },
  category: category ?? '',
  // What labels dropped, nothing had dropped before them.
  kept: kept || stage === 'labelled',
})

/** Why the open row helps; undefined where it does not, or where the list is gone through. */
export const whyHere = computed(() =>
  byQueue.value ? queue.value.find(({ key }) => key === address.value.key) : undefined,
)
