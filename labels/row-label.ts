import type { Label, LabelWord, RowLabel } from './label.ts'

const placeOf = ({ key, by, turn }: Label): string => JSON.stringify([key, by, turn ?? null])

/** The labels that count: the last of each person about the same, but for what was taken back. */
export function standing(labels: Iterable<Label>): Label[] {
  const last = new Map<string, Label>()
  for (const each of labels) {
    // What is said anew comes last, too.
    last.delete(placeOf(each))
    last.set(placeOf(each), each)
  }
  return [...last.values()].filter(({ label }) => label !== null)
}

/**
 * What each person says of a row, by name, from the labels of it that count. What they said of the whole row goes
 * first; where they spoke of turns alone, a bad turn makes it bad, and else nothing is said of the row.
 */
export function wordsByPerson(said: readonly Label[]): Map<string, LabelWord> {
  const words = new Map<string, LabelWord>()
  for (const [by, own] of Map.groupBy(said, each => each.by)) {
    const word = own.find(({ turn }) => turn === undefined)?.label
    const isBad = own.some(({ label }) => label === 'bad')
    if (word) words.set(by, word)
    else if (isBad) words.set(by, 'bad')
  }
  return words
}

/** What all of them say of a row; undefined where nobody says anything of it. Who is unsure contradicts nobody. */
export function rowLabel(said: readonly Label[]): RowLabel | undefined {
  const words = [...wordsByPerson(said)]
  const whoSay = (meant: LabelWord) => words.filter(([, word]) => word === meant).map(([by]) => by)
  const [good, bad, unsure] = [whoSay('good'), whoSay('bad'), whoSay('unsure')]
  if (good.length > 0 && bad.length > 0) return { label: 'disagreement', by: [...good, ...bad], said }
  if (bad.length > 0) return { label: 'bad', by: bad, said }
  if (good.length > 0) return { label: 'good', by: good, said }
  return unsure.length > 0 ? { label: 'unsure', by: unsure, said } : undefined
}
