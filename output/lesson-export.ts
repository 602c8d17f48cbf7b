import { type Field, Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { type Guard, guard } from '../prompts/markers.ts'
import type { JsonObject } from '../schemas/json.ts'
import { closed } from '../schemas/options.ts'
import type { ToolCall, Trajectory } from '../schemas/trajectory.ts'
import { TextRows } from '../tasks/source.ts'
import { flag, type ParquetRow, text } from './columns.ts'
import { decline, type Export, type ExportContext, type Projected, project } from './export.ts'
import type { Totals } from './length/totals.ts'
import { answered, type Lesson, LessonOptions, lessonAbout, lessonOf } from './lesson.ts'
import { type PictureBytes, pictures, type RowPictures } from './pictures.ts'
import { mixOf } from './text-mix.ts'
import { rawArguments } from './trainable.ts'

export const LessonExportOptions = closed({
  ...LessonOptions.properties,
  /** Rows of text alone that are mixed in. */
  longCot: Type.Optional(TextRows),
})
export type LessonExportOptions = Static<typeof LessonExportOptions>

/** A lesson as a trainer reads it. */
export interface ToldLesson {
  /** What is read as text. */
  texts: readonly string[]
  /** Its columns; `images` are its pictures, in the order of their placeholders. */
  columns(images: PictureBytes[]): ParquetRow
}

/** How one trainer wants lessons. */
export interface LessonForm {
  name: string
  about: string
  trainer: NonNullable<Export['trainer']>
  /** What the manifest says beside the options of a lesson. */
  options?: JsonObject
  /** The columns between those that every target has. */
  columns: readonly Field[]
  /** Tags that texts of others must not hold. */
  tags: string[]
  /** Tokens of what its templates say about tools. */
  template?: number
  told(lesson: Lesson, shown: RowPictures, safe: Guard): ToldLesson
  /** A row of text alone, in its columns. Nothing tells of tools: there is nothing to look at. */
  textRow(question: string, answer: string): ParquetRow
  files(totals: Totals): Record<string, string>
}

/** A target for supervised fine-tuning whose rows are lessons. */
export const lessonExport =
  ({ name, about, trainer, files, ...form }: LessonForm) =>
  ({ longCot, ...given }: LessonExportOptions): Export => ({
    name,
    options: { ...lessonAbout(given), ...form.options, ...(longCot && { longCot: longCot.options }) },
    select: 'kept',
    shards: 'train',
    trainer,
    schema: new Schema([text('id'), text('key'), ...form.columns, flag('altered')]),
    about,
    row: ({ measured: { trajectory } }, context) => row(trajectory, given, form, context),
    maxTokens: given.maxTokens,
    files,
    ...(longCot && {
      mix: mixOf(longCot, ({ question, reasoning, answer }) =>
        form.textRow(question.trim(), answered(reasoning, answer.trim())),
      ),
    }),
  })

type RowForm = Pick<LessonForm, 'tags' | 'template' | 'told'>

async function row(
  trajectory: Trajectory,
  options: LessonOptions,
  { tags, template, told }: RowForm,
  context: ExportContext,
): Promise<Projected> {
  const taught = lessonOf(trajectory, options)
  if (!taught.teach) return decline(taught.reason, taught.detail)
  const safe = guard({ tags, special: true })
  const shown = pictures(safe)
  const id = safe.text(trajectory.task.id)
  const { texts, columns } = told(taught.lesson, shown, safe)
  const seen = await shown.column(context)
  const row = { id, key: trajectory.key, ...columns(seen), altered: safe.altered() }
  const length = { texts, pictures: shown.list, ...(template !== undefined && { template }) }
  return project(row, { images: seen.length, altered: row.altered, length })
}

/** A call as chat templates write it. Its arguments stand as the teacher wrote them. */
export const calledAs = (call: ToolCall, safe: Guard): string =>
  `{"name": ${JSON.stringify(call.name)}, "arguments": ${safe.json(rawArguments(call))}}`
