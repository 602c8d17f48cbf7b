import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { BoxedPicture, LabelledRow } from '../../labels/converters/converter.ts'
import type { Label, LabelBook } from '../../labels/label.ts'
import { tableOf, textOf } from './table-rows.ts'

type Line = Record<string, unknown>

/** The rows of an export that are labelled, in words, and with the pictures that a box lies on. */
export async function labelledRows(folder: string, book: LabelBook): Promise<LabelledRow[]> {
  const said = Map.groupBy(book.labels, ({ key }) => key)
  const isLabelled = (line: Line) => said.has(textOf(line.key))
  const turns = Map.groupBy(await linesOf(folder, 'turns', isLabelled), keyIn)
  const calls = Map.groupBy(await linesOf(folder, 'calls', isLabelled), keyIn)
  const facts = Map.groupBy(await linesOf(folder, 'facts', isLabelled), keyIn)
  const rows: LabelledRow[] = []
  for (const line of await linesOf(folder, 'rows', isLabelled)) {
    const key = keyIn(line)
    const own = said.get(key) ?? []
    rows.push({
      ...{ key, task: textOf(line.task_id), kept: line.kept === true, said: own },
      ...{
        question: textOf(line.question),
        answer: textOf(line.answer),
        teacherAnswer: textOf(line.teacher_answer),
      },
      conversation: conversationOf(turns.get(key) ?? [], calls.get(key) ?? []),
      facts: (facts.get(key) ?? []).map(factOf),
      pictures: await boxedPictures(folder, line, own),
    })
  }
  return rows
}

const keyIn = (line: Line): string => textOf(line.key)

async function linesOf(folder: string, table: string, isWanted: (line: Line) => boolean): Promise<Line[]> {
  const lines: Line[] = []
  for await (const line of tableOf(folder, table, null)) if (isWanted(line)) lines.push(line)
  return lines
}

const conversationOf = (turns: readonly Line[], calls: readonly Line[]): string =>
  turns
    .flatMap(({ turn, text }) => [
      `Turn ${turn}: ${textOf(text)}`,
      ...calls
        .filter(call => call.turn === turn)
        .map(
          call =>
            `${textOf(call.tool)}: ${textOf(call.code) || textOf(call.arguments)}\n→ ${textOf(call.output)}`,
        ),
    ])
    .join('\n\n')

const factOf = ({ check, passed, could_not_tell }: Line): LabelledRow['facts'][number] => ({
  check: textOf(check),
  state: could_not_tell === true ? 'could_not_tell' : passed === true ? 'passed' : 'failed',
})

/** Read from the shard that the table names; none where there is no such shard. */
async function boxedPictures(
  folder: string,
  { view, shard, shard_row: row, key }: Line,
  said: readonly Label[],
): Promise<Map<number, BoxedPicture>> {
  const places = new Set(said.flatMap(({ box }) => (box ? [box.image] : [])))
  const paths = (await Array.fromAsync(glob('**/*.parquet', { cwd: join(folder, textOf(view)) }))).sort()
  const path = paths[Number(shard)]
  if (places.size === 0 || !view || path === undefined) return new Map()
  const [whole] = await parquetReadObjects({
    file: await asyncBufferFromFile(join(folder, textOf(view), path)),
    ...{ rowStart: Number(row), rowEnd: Number(row) + 1, columns: ['images'], utf8: false },
    ...{ useOffsetIndex: true, compressors },
  })
  const images: { bytes?: unknown }[] = whole?.images ?? []
  const sizes = new Map<number, Line>()
  for await (const line of tableOf(folder, 'images', null))
    if (line.key === key) sizes.set(Number(line.n), line)
  return new Map(
    [...places].flatMap(place => {
      const [bytes, size] = [images[place]?.bytes, sizes.get(place)]
      if (!(bytes instanceof Uint8Array) || !size) return []
      const { width, height, mime } = size
      return [[place, { bytes, mime: textOf(mime), width: Number(width), height: Number(height) }] as const]
    }),
  )
}
