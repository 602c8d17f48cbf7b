import Type, { type Static } from 'typebox'
import { LabelReason, labelWords, type RowLabel } from '../labels/label.ts'
import { readLabels } from '../labels/label-file.ts'
import { fromConfig } from '../schemas/config-folder.ts'
import { closed, factory, filledText } from '../schemas/options.ts'
import { excerpt } from '../words/excerpt.ts'
import { drop, Filter, keep } from './filter.ts'

export const LabelledOptions = closed({
  /** A `labels.jsonl`, as `kindling view` writes it. */
  file: filledText,
  /** Rows with these labels go: the bad ones by default. */
  drop: Type.Optional(Type.Array(Type.Enum([...labelWords]))),
  /** What becomes of rows that some call good and others bad: they go by default. */
  disagreements: Type.Optional(Type.Enum(['drop', 'keep'])),
  /** Reasons that `kindling view` offers in place of the usual ones. */
  rubric: Type.Optional(Type.Array(LabelReason, { minItems: 1 })),
})
export type LabelledOptions = Static<typeof LabelledOptions>

/**
 * Drops rows that people labelled bad, and those that people disagree about. The file's hash is among its options, so
 * that the manifest says which labels decided.
 */
export const labelled = factory(Filter, 'labelled', LabelledOptions, given => {
  const { file, drop: meant = ['bad'], disagreements = 'drop', rubric } = given
  const labels = readLabels(fromConfig(file), file)
  const { sha256 } = labels
  return {
    name: 'labelled',
    version: 1,
    options: { file, sha256, drop: [...meant], disagreements, ...(rubric && { rubric: [...rubric] }) },
    labels,
    begin:
      () =>
      ({ trajectory }) => {
        const row = labels.rows.get(trajectory.key)
        if (!row) return keep
        const goes = row.label === 'disagreement' ? disagreements === 'drop' : meant.includes(row.label)
        return goes ? drop(`label_${row.label}`, detailOf(row)) : keep
      },
  }
})

/** Who said what, in one line. */
const detailOf = ({ said }: RowLabel): string =>
  said
    .map(({ by, label, turn, reasons, note }) => {
      const place = turn === undefined ? '' : ` (turn ${turn})`
      const why = [...reasons, ...(note ? [excerpt(note)] : [])].join(', ')
      return `${by}: ${label}${place}${why && `: ${why}`}`
    })
    .join('; ')
