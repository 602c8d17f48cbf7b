import type { Label, LabelWord } from '../../../labels/label.ts'
import { address, go, reader, relations, step } from '../state.ts'
import { detailOf, draft, forgetDraft } from './draft.ts'
import { put } from './outbox.ts'
import { byQueue, ownLabel, person, progress, queue, told } from './state.ts'

/** What was said in this tab, with what that took the place of. */
const steps: { label: Label; before: Label | undefined }[] = []

/** Open what is to be labelled next. */
export function goOn(): void {
  const next = byQueue.value ? queue.value.find(({ key }) => key !== address.value.key) : undefined
  if (next) go({ key: next.key, beside: null }, 'same')
  else step(1)
}

/** Say something of the open row, and go on. */
export async function say(word: LabelWord): Promise<void> {
  const row = relations.value.with(address.value.key)
  const manifest = reader.value?.folder.manifest
  if (!row || !manifest) return
  const detail = detailOf(draft.value)
  if (typeof detail === 'string') {
    told.value = detail
    return
  }
  const about = { label_version: 1, key: row.key, task_id: row.task_id, label: word } as const
  const label: Label = { ...about, ...detail, by: person.value, at: now(), manifest }
  steps.push({ label, before: ownLabel(row.key, label.turn) })
  const ready = put(label)
  void forgetDraft(row.key)
  goOn()
  told.value = `${word}, ${progress.value.done} of ${progress.value.of}`
  await ready
}

/** Take back what was said last in this tab, and show that row. */
export async function undo(): Promise<void> {
  const last = steps.pop()
  if (!last) {
    told.value = 'there is nothing to take back'
    return
  }
  const { label, before } = last
  const { box: _, ...rest } = label
  go({ key: label.key, beside: null }, 'same')
  const ready = put({ ...(before ?? { ...rest, label: null, reasons: [], note: '' }), at: now() })
  told.value = `${label.label} was taken back, ${progress.value.done} of ${progress.value.of}`
  await ready
}

const now = (): string => new Date().toISOString()
