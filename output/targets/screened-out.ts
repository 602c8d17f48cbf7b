import { Schema, Utf8 } from 'apache-arrow'
import { guard } from '../../prompts/markers.ts'
import { reasonOf } from '../../schemas/drop.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import { factory, noOptions } from '../../schemas/options.ts'
import { droppedBy } from '../../schemas/screening.ts'
import { flag, images, integer, list, text } from '../columns.ts'
import { project, TaskExport } from '../export.ts'
import { pictures } from '../pictures.ts'

const schema = new Schema([
  ...['id', 'reason', 'detail', 'task_question', 'task_answer', 'answer_type'].map(text),
  list('choices', new Utf8()),
  ...['category', 'screening', 'meta', 'source', 'source_file'].map(text),
  integer('source_row'),
  images({ decode: true }),
  flag('altered'),
])

/** Every task that screening dropped, whole, with the reason and what was counted. */
export const screenedOut = factory(TaskExport, 'screenedOut', noOptions, () => ({
  name: 'screened_out',
  options: {},
  select: 'dropped',
  shards: 'data',
  schema,
  about:
    'Tasks that were dropped before any teacher was asked, whole, with the reason and what was counted. For auditing: do not train on it.',
  async row(screening, context) {
    const { task, detail, data } = screening
    const safe = guard()
    const shown = pictures(safe)
    for (const image of task.images) shown.put(image)
    const json = (value: unknown): string => safe.json(canonicalJson(value))
    const row = {
      id: safe.text(task.id),
      reason: reasonOf(droppedBy(screening)),
      detail: safe.text(detail),
      task_question: safe.text(task.question),
      task_answer: safe.text(task.answer),
      answer_type: task.answerType,
      choices: task.choices?.map(safe.text) ?? null,
      category: safe.text(task.category),
      screening: json(data),
      meta: json(task.meta),
      source: json(task.source),
      source_file: task.origin ? safe.text(task.origin.file) : null,
      source_row: task.origin ? BigInt(task.origin.row) : null,
      images: await shown.column(context),
    }
    return project({ ...row, altered: safe.altered() })
  },
}))
