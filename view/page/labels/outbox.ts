import { batch, effect, signal } from '@preact/signals'
import type { Label } from '../../../labels/label.ts'
import { usualRubric } from '../../../labels/rubric.ts'
import type { Folder } from '../folder.ts'
import { reader } from '../state.ts'
import { keptInBrowser } from './kept.ts'
import { said, told } from './state.ts'

/** Reasons that are offered. */
export const rubric = signal<readonly string[]>(usualRubric)

/** Labels of this export that nothing has written yet. */
export const waiting = signal(0)

const kept = keptInBrowser()

/** Put a label down: in the browser first, so that a closed tab loses nothing. */
export async function put(label: Label): Promise<void> {
  said.value = [...said.value, label]
  await (await kept).keep(label)
  await write()
}

let writing: Promise<void> = Promise.resolve()

/** Have the server write what waits, one label after the other. */
function write(): Promise<void> {
  writing = writing.then(writeAll)
  return writing
}

async function writeAll(): Promise<void> {
  const all = await unwritten()
  waiting.value = all.length
  if (!reader.value?.folder.takesLabels) return
  for (const { id, label } of all) {
    const fault = await post(label)
    if (fault !== undefined) {
      told.value = `not written: ${fault}; it is kept in this browser and sent with the next label`
      return
    }
    await (await kept).written(id)
    waiting.value--
  }
}

/** The browser may keep some of other exports, too. */
async function unwritten() {
  const all = await (await kept).unwritten()
  return all.filter(({ label }) => label.manifest === reader.value?.folder.manifest)
}

/** Why it was not written; undefined where it was. */
async function post(label: Label): Promise<string | undefined> {
  const answer = await fetch('labels', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(label),
  }).catch(() => undefined)
  if (answer?.ok) return undefined
  return answer
    ? (await answer.text()) || `the server answers ${answer.status}`
    : 'the server does not answer'
}

/** Where no server takes labels, they are saved as a file. */
export async function save(): Promise<void> {
  const lines = (await unwritten()).map(({ label }) => `${JSON.stringify(label)}\n`)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob(lines, { type: 'application/jsonl' }))
  link.download = 'labels.jsonl'
  link.click()
  URL.revokeObjectURL(link.href)
}

/** What is known of an export's labels when it is opened, and what of them waits in this browser. */
async function begin(folder: Folder): Promise<void> {
  const known = folder.takesLabels ? await fetch('labels').catch(() => undefined) : undefined
  const there: { rubric?: string[]; labels?: Label[] } = known?.ok ? await known.json() : {}
  const mine = (await unwritten()).map(({ label }) => label)
  batch(() => {
    rubric.value = there.rubric ?? usualRubric
    said.value = [...(there.labels ?? []), ...mine]
  })
  await write()
}

let begun: Folder | undefined
effect(() => {
  const folder = reader.value?.folder
  if (!folder || folder === begun) return
  begun = folder
  void begin(folder)
})

/** What was typed of a row and not said yet; undefined where nothing was. */
export const storedDraft = async (place: string): Promise<unknown> => (await kept).draft(place)

/** Undefined removes it. */
export const storeDraft = async (place: string, draft: object | undefined): Promise<void> =>
  (await kept).keepDraft(place, draft)
