import { type Guard, guard } from '../../prompts/markers.ts'
import type { Screening } from '../../schemas/screening.ts'
import type { Part, Task } from '../../schemas/task.ts'
import type { ToolSpec } from '../../schemas/trajectory.ts'
import type { ParquetRow, ParquetValue } from '../columns.ts'
import { decline, type Projected, project, type TaskContext } from '../export.ts'
import type { Totals } from '../length/totals.ts'
import type { RowPictures } from '../pictures.ts'
import { rlRow, unrewardable } from './rl-row.ts'
import { described } from './tools-file.ts'

/** A task of the pool whose answers rules compare, ready to be written. */
export interface RuledRow extends Pick<ReturnType<typeof rlRow>, 'row' | 'info'> {
  task: Task
  images: ParquetValue
}

/** What a trainer takes for the content of a message. */
interface Content {
  told(system: string): ParquetValue
  asked(parts: readonly Part[], shown: RowPictures, safe: Guard): ParquetValue
}

/** A text, with a placeholder for every picture. */
export const inText: Content = {
  told: system => system,
  asked: (parts, shown) => shown.parts(parts),
}

/** A list of parts, each a text or a picture. */
export const inParts: Content = {
  told: system => [{ type: 'text', text: system }],
  asked: (parts, { put }, safe) =>
    parts.map(part => {
      if (part.type === 'text') return { type: 'text', text: safe.text(part.text) }
      put(part.image)
      return { type: 'image', text: null }
    }),
}

/** How one trainer wants it. */
interface Ruled {
  dataSource: string
  /** What the student is told before the question. */
  system: string
  content: Content
  /** Tools that the trainer's template tells of, beside that. */
  tools: readonly ToolSpec[]
  written(row: RuledRow): ParquetRow
}

/** A row of the pool, or why nobody could be rewarded for the task. */
export async function ruledRow(
  screening: Screening,
  { dataSource, system, content, tools, written }: Ruled,
  context: TaskContext,
): Promise<Projected> {
  const { task } = screening
  const problem = unrewardable(task)
  if (problem) return decline(problem.reason, problem.detail)
  const safe = guard({ tags: ['think', 'answer', 'tools', 'tool_call', 'tool_response'], special: true })
  const told = guard({ special: true }).text(system)
  const { row, info, shown, length } = rlRow(screening, {
    dataSource,
    style: 'rule',
    safe,
    messages: (parts, shown) => [
      { role: 'system', content: content.told(told) },
      { role: 'user', content: content.asked(parts, shown, safe) },
    ],
  })
  const texts = [...length.texts, JSON.stringify(tools.map(described))]
  const made = written({ task, row, info, images: await shown.column(context) })
  return project(made, { length: { ...length, texts } })
}

/** Tokens that a prompt may have where no row of these is longer: a round number, for rows that come later. */
export const promptRoom = ({ longest }: Pick<Totals, 'longest'>): number =>
  1024 * Math.ceil((longest + 1) / 1024)

/** Tokens that all turns of an answer may have together, with what tools gave: as many as DeepEyesV2's run lets. */
export const responseTokens = 16_384
