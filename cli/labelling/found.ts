import { type Interval, normal, shareOf } from '../../checks/judges/interval.ts'
import {
  type Agreement,
  agreementOf,
  agreementOfPeople,
  type FirmWord,
  type Words,
  wordsTogether,
} from '../../labels/agreement.ts'
import type { Kappa } from '../../labels/kappa.ts'
import type { LabelBook } from '../../labels/label.ts'
import { labelSample } from '../../labels/queue.ts'
import type { LabelDesk } from './table-rows.ts'

/** How far two agree, with the intervals that hold the true figures in 19 of 20 cases. */
export interface Agreed {
  one: string
  other: string
  /** Of which both say something. */
  rows: number
  agree: Interval
  /** Null where both always said the same word: then chance alone agrees, too. */
  kappa: Interval | null
  alpha: number | null
  /** Shares of the rows that each calls bad: where they are small, kappa is, too, however often the two agree. */
  bad: { one: Interval; other: Interval }
  confusion: { one: FirmWord; other: FirmWord; rows: number; keys?: string[] }[]
}

/** What the labels of an export come to. */
export interface LabelsFound {
  file: string
  sha256: string
  export: string
  /** Rows of the export of which something is said, and what. */
  labelled: Record<'rows' | LabelledAs, number>
  /** Labelled rows that are none of the export. */
  elsewhere: number
  people: { by: string; rows: number }[]
  between: { people: Agreed[]; alpha: number | null; checks: Agreed[] }
  sample: {
    /** How far the share below may be from the true one, once all of the sample are labelled. */
    error: number
    size: number
    of: number
    labelled: number
    /** The share of kept rows that is bad; null where none of the sample is labelled. */
    bad: Interval | null
  }
}

type LabelledAs = 'good' | 'bad' | 'unsure' | 'disagreement'

interface Asking {
  error: number
  /** Name the rows behind each number. */
  keys: boolean
}

export function labelsFound(
  book: LabelBook,
  { folder, rows, checks }: LabelDesk,
  asking: Asking,
): LabelsFound {
  const own = new Set(rows.map(({ key }) => key))
  const here = [...book.rows].filter(([key]) => own.has(key))
  const labels = book.labels.filter(({ key }) => own.has(key))
  const people = wordsTogether(new Map(here))
  const between = agreementOfPeople(labels)
  const decision = new Map(rows.map(({ key, kept }) => [key, kept ? ('good' as const) : ('bad' as const)]))
  const judges: [string, Words][] = [['(kept)', decision], ...checks]
  const agreed = (each: Agreement) => agreedOf(each, asking)
  return {
    file: book.file,
    sha256: book.sha256,
    export: folder,
    labelled: countsOf(here.map(([, { label }]) => label)),
    elsewhere: book.rows.size - here.length,
    people: [...Map.groupBy(labels, ({ by }) => by)].map(([by, said]) => ({
      by,
      rows: new Set(said.map(({ key }) => key)).size,
    })),
    between: {
      people: between.pairs.map(agreed),
      alpha: between.alpha,
      checks: judges
        .map(judge => agreementOf(['people', people], judge))
        .filter(({ rows }) => rows > 0)
        .map(agreed),
    },
    sample: sampleFound(rows, people, asking.error),
  }
}

function agreedOf({ kappa, confusion, bad, agreed, ...each }: Agreement, { keys }: Asking): Agreed {
  const of = each.rows
  return {
    ...each,
    agree: shareOf({ right: agreed, of }),
    kappa: kappa && intervalOf(kappa),
    bad: { one: shareOf({ right: bad.one, of }), other: shareOf({ right: bad.other, of }) },
    confusion: confusion.map(cell => ({
      one: cell.one,
      other: cell.other,
      rows: cell.keys.length,
      ...(keys && { keys: cell.keys }),
    })),
  }
}

const intervalOf = ({ estimate, error }: Kappa): Interval => ({
  estimate,
  low: Math.max(-1, estimate - normal * error),
  high: Math.min(1, estimate + normal * error),
})

function sampleFound(rows: LabelDesk['rows'], people: Words, error: number): LabelsFound['sample'] {
  const sample = labelSample(rows, error)
  const said = [...sample].flatMap(key => people.get(key) ?? [])
  return {
    error,
    size: sample.size,
    of: rows.filter(({ kept }) => kept).length,
    labelled: said.length,
    bad:
      said.length === 0
        ? null
        : shareOf({ right: said.filter(word => word === 'bad').length, of: said.length }),
  }
}

function countsOf(words: readonly LabelledAs[]): LabelsFound['labelled'] {
  const counts = { rows: words.length, good: 0, bad: 0, unsure: 0, disagreement: 0 }
  for (const word of words) counts[word]++
  return counts
}
