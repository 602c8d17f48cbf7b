import { effect, signal, untracked } from '@preact/signals'
import type { Label } from '../../../labels/label.ts'
import { address, reader } from '../state.ts'
import { storeDraft, storedDraft } from './outbox.ts'
import { ownLabel, person } from './state.ts'

/** What a person is about to say of a row beside the word. */
export interface LabelDraft {
  reasons: readonly string[]
  note: string
  /** As they are typed: a turn, and picture, left, top, right and bottom of a box. */
  turn: string
  box: string
}

const none: LabelDraft = { reasons: [], note: '', turn: '', box: '' }

/** That of the open row. */
export const draft = signal<LabelDraft>(none)

const placeOf = (key: string) => JSON.stringify([reader.value?.folder.manifest, person.value, key])

/** What is typed is kept at once: a closed tab loses none of it. */
export async function changeDraft(part: Partial<LabelDraft>): Promise<void> {
  const { key } = address.value
  draft.value = { ...draft.value, ...part }
  if (key !== null) await storeDraft(placeOf(key), draft.value)
}

export const forgetDraft = (key: string): Promise<void> => storeDraft(placeOf(key), undefined)

/** Of the row that is opened: what was typed and not said, or else what was said. */
async function openDraft(key: string | null): Promise<void> {
  const before = ownLabel(key)
  draft.value = before ? { ...none, reasons: before.reasons, note: before.note, box: boxText(before) } : none
  if (key === null) return
  const found = await storedDraft(placeOf(key))
  if (found && address.value.key === key) draft.value = { ...none, ...found }
}

let opened: unknown[] = []
effect(() => {
  const { key } = address.value
  const now = [key, reader.value, person.value, ownLabel(key)]
  if (now.every((each, at) => each === opened[at])) return
  opened = now
  untracked(() => void openDraft(key))
})

const boxText = ({ box }: Label): string =>
  box ? [box.image + 1, box.left, box.top, box.right, box.bottom].join(' ') : ''

/** What a label says beside the word. */
type LabelDetail = Pick<Label, 'reasons' | 'note' | 'turn' | 'box'>

/** The same from a draft; or what is wrong with it. */
export function detailOf({ reasons, note, turn, box }: LabelDraft): LabelDetail | string {
  const numbers = box.match(/\d+(\.\d+)?/g)?.map(Number) ?? []
  const [picture = 0, left = 0, top = 0, right = 0, bottom = 0] = numbers
  if (box.trim() && (numbers.length !== 5 || picture < 1 || right <= left || bottom <= top))
    return 'not said: a box is five numbers: picture, left, top, right, bottom'
  if (turn.trim() && !/^[1-9]\d{0,3}$/.test(turn.trim())) return 'not said: a turn is a number from 1'
  return {
    reasons: [...reasons],
    note,
    ...(turn.trim() && { turn: Number(turn) }),
    ...(box.trim() && { box: { image: picture - 1, left, top, right, bottom } }),
  }
}
