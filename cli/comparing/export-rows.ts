import type { ComparedRow } from '../../pipeline/compare/compared-row.ts'
import { kept, verdictMaker } from '../../pipeline/compare/verdicts.ts'
import { wasUndecided } from '../../pipeline/older-drops.ts'
import { placeholder } from '../../prompts/markers.ts'
import { allNames, fieldsIn, jsonIn, namedToday, type PlainRow, plainRow } from '../../rollouts/row.ts'
import { hashOf } from '../../schemas/hash.ts'
import { InputError } from '../../schemas/input-error.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import type { Fact } from '../../schemas/trajectory.ts'
import { parquetRows } from '../../tasks/parquet.ts'

/**
 * Those that tell what a comparison holds, where they are there. Of pictures only names are read, which have their
 * sha256; records are not.
 */
const columns = {
  ofThese: allNames([
    ...[
      'id',
      'key',
      'task_question',
      'choices',
      'task_answer',
      'category',
      'teacher',
      'sample',
      'teacher_answer',
    ],
    ...['trajectory', 'facts', 'usage', 'stage', 'reason', 'detail'],
    'images.list.element.path',
  ]),
}

/** The rows of shards of `hf/` and `rejected/`, one at a time. Throws InputError where one cannot be read. */
export async function* exportRowsIn(paths: readonly string[]): AsyncGenerator<ComparedRow> {
  const made = rowMaker()
  for (const path of paths)
    for await (const each of parquetRows({ path, shown: path }, columns)) {
      if ('problem' in each) throw new InputError([`${each.place} ${each.problem}`])
      yield made(namedToday(plainRow(each.row)))
    }
}

function rowMaker(): (row: PlainRow) => ComparedRow {
  const verdict = verdictMaker()
  return row => {
    const { stage, reason, detail, usage, choices, sample } = row
    const drop = stage == null ? undefined : { stage: textIn(stage), reason: textIn(reason) }
    const facts = (jsonIn(row.facts) ?? []) as unknown as Fact[]
    const truth = textIn(row.task_answer)
    const { input, output } = fieldsIn(usage)
    return {
      ...{
        key: textIn(row.key),
        task: textIn(row.id),
        teacher: textIn(row.teacher),
        sample: Number(sample ?? 0),
      },
      ...{ category: textIn(row.category), truth },
      asked: hashOf([textIn(row.task_question), choices ?? [], truth, picturesIn(row)]),
      answer: typeof row.teacher_answer === 'string' ? row.teacher_answer : null,
      said: hashOf(saidIn(row.trajectory)),
      verdict: verdict(
        drop ? `${drop.stage}/${drop.reason}` : kept,
        drop !== undefined && wasUndecided(drop),
        facts,
      ),
      detail: textIn(detail),
      used: { input: Number(input ?? 0), output: Number(output ?? 0), usd: null },
    }
  }
}

const listIn = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value : []).map(fieldsIn)

const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** Names of the pictures that the task shows: the first of the row, as many as it has placeholders. */
function picturesIn({ trajectory, images }: PlainRow): Json[] {
  const asked = listIn(trajectory).find(({ role }) => role === 'user')
  const count = textIn(asked?.content).split(placeholder).length - 1
  return listIn(images)
    .slice(0, count)
    .map(({ path = null }) => path)
}

/** What the teacher said and called, turn by turn. */
const saidIn = (trajectory: Json | undefined): Json[] =>
  listIn(trajectory)
    .filter(({ role }) => role === 'assistant')
    .map(({ content, tool_calls: calls }) => {
      const made = jsonIn(calls)
      const functions = (Array.isArray(made) ? made : []).map(call => fieldsIn(fieldsIn(call).function))
      return [content ?? '', functions.map(({ name, arguments: given }) => [name ?? '', given ?? ''])]
    })
