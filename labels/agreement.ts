import { cohensKappa, type Kappa, krippendorffsAlpha } from './kappa.ts'
import type { Label, LabelWord, RowLabel } from './label.ts'
import { wordsByPerson } from './row-label.ts'

/** What counts in agreement: who is unsure says neither. */
export type FirmWord = Exclude<LabelWord, 'unsure'>

/** Rows of which two say these words. */
export interface ConfusionCell {
  one: FirmWord
  other: FirmWord
  keys: string[]
}

/** How far two agree about the rows of which both say something. */
export interface Agreement {
  one: string
  other: string
  /** Rows of which both say something, how many they say the same of, and how many each calls bad. */
  rows: number
  agreed: number
  bad: { one: number; other: number }
  kappa: Kappa | null
  alpha: number | null
  confusion: ConfusionCell[]
}

/** What somebody, or something, says of rows, by their keys. */
export type Words = ReadonlyMap<string, FirmWord>

const firm = ['good', 'bad'] as const

export function agreementOf(
  one: [name: string, words: Words],
  other: [name: string, words: Words],
): Agreement {
  const [[oneName, ones], [otherName, others]] = [one, other]
  const both = [...ones].flatMap(([key, word]) => {
    const said = others.get(key)
    return said === undefined ? [] : [{ key, one: word, other: said }]
  })
  const pairs = both.map(row => [row.one, row.other] as const)
  return {
    one: oneName,
    other: otherName,
    rows: both.length,
    agreed: both.filter(row => row.one === row.other).length,
    bad: {
      one: both.filter(row => row.one === 'bad').length,
      other: both.filter(row => row.other === 'bad').length,
    },
    kappa: cohensKappa(pairs),
    alpha: krippendorffsAlpha(pairs),
    confusion: firm.flatMap(word =>
      firm.map(said => ({
        one: word,
        other: said,
        keys: both.filter(row => row.one === word && row.other === said).map(({ key }) => key),
      })),
    ),
  }
}

/** What each person says of rows, by name, from the labels that count. */
export function wordsOfPeople(labels: readonly Label[]): Map<string, Map<string, FirmWord>> {
  const people = new Map<string, Map<string, FirmWord>>()
  for (const [key, said] of Map.groupBy(labels, each => each.key))
    for (const [by, word] of wordsByPerson(said)) {
      if (word === 'unsure') continue
      const own = people.get(by) ?? new Map<string, FirmWord>()
      people.set(by, own.set(key, word))
    }
  return people
}

/** What people say of rows together: nothing where they disagree or are unsure. */
export const wordsTogether = (rows: ReadonlyMap<string, RowLabel>): Map<string, FirmWord> =>
  new Map(
    [...rows].flatMap(([key, { label }]) =>
      label === 'good' || label === 'bad' ? [[key, label] as const] : [],
    ),
  )

/** How far each two people agree, of those who looked at the same rows; and all of them together. */
export function agreementOfPeople(labels: readonly Label[]): { pairs: Agreement[]; alpha: number | null } {
  const people = [...wordsOfPeople(labels)].sort(([a], [b]) => (a < b ? -1 : 1))
  const pairs = people.flatMap((one, index) => people.slice(index + 1).map(other => agreementOf(one, other)))
  const units = new Map<string, string[]>()
  for (const [, words] of people)
    for (const [key, word] of words) units.set(key, [...(units.get(key) ?? []), word])
  return { pairs: pairs.filter(({ rows }) => rows > 0), alpha: krippendorffsAlpha([...units.values()]) }
}
