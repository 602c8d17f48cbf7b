import { compare, type TaughtRow } from './compare.ts'
import { meantBy } from './meant.ts'
import type { Model } from './model.ts'
import type { Sample, TargetRow } from './sample.ts'
import type { RenderedRow, Rendering } from './span.ts'
import type { TrainingFault } from './training-fault.ts'

/** A row as a student would see it, against what it was to teach. */
export interface XRayed {
  row: TargetRow
  faults: readonly TrainingFault[]
  /** Nothing where the trainer refuses the row. */
  seen?: TaughtRow & { rendering: Rendering }
}

/** Render each row, and compare. */
export function xray({ rows }: Sample, { family }: Model, rendered: readonly RenderedRow[]): XRayed[] {
  return rows.map((row, index) => {
    const made = rendered[index]
    if (!made?.ok)
      return { row, faults: [{ kind: 'row_refused', turn: 0, detail: made?.problem ?? 'no answer' }] }
    const compared = compare(meantBy(row.fields, row.view), made.rendering, family)
    return { row, faults: compared.faults, seen: { ...compared, rendering: made.rendering } }
  })
}
