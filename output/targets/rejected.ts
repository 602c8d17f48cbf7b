import { Schema } from 'apache-arrow'
import { guard } from '../../prompts/markers.ts'
import { shownDrop } from '../../schemas/drop.ts'
import type { MetaShape } from '../../schemas/meta-shape.ts'
import { factory, noOptions } from '../../schemas/options.ts'
import { changeable, text } from '../columns.ts'
import { Export, project } from '../export.ts'
import { hfColumns, hfRow } from './hf.ts'

const schemaWith = (meta: MetaShape) =>
  new Schema([...hfColumns(meta), ...['stage', 'reason', 'detail'].map(text).map(changeable)])

/** Every dropped trajectory with its whole trace, the stage that dropped it and the reason. */
export const rejected = factory(Export, 'rejected', noOptions, () => ({
  name: 'rejected',
  options: {},
  select: 'rejected',
  view: true,
  shards: 'data',
  schema: schemaWith(null),
  schemaWith,
  about:
    'What was dropped, in the same columns as `hf`, with the stage that dropped it and why. For auditing: do not train on it.',
  async row(item, context) {
    const { verdict } = item
    const why = verdict.keep
      ? { stage: '', reason: '', detail: '' }
      : { ...shownDrop(verdict), detail: guard().text(verdict.detail) }
    return project({ ...why, ...(await hfRow(item, context)) })
  },
}))
