import { placeholder } from '../prompts/markers.ts'
import { plainRow } from '../rollouts/row.ts'
import { InputError } from '../schemas/input-error.ts'
import type { Json, JsonObject } from '../schemas/json.ts'
import { DamagedError } from '../store/errors.ts'
import { parquetRows } from '../tasks/parquet.ts'
import { spread } from '../xray/exported.ts'
import { jsonOf, listIn, objectIn, textIn } from '../xray/utterance.ts'
import { type Bundle, type BundleFile, shardsOf, wholeFile } from './bundle.ts'

/** Files that are held in memory, so no more than these are made. */
export const mostTraces = 1000

/** Whether a path is one that traces of ours have. */
export const isTrace = (path: string): boolean => /^traces\/[0-9a-f]{16}\.jsonl$/.test(path)

/**
 * So many kept trajectories, spread evenly over the export, as sessions that the Hub's viewer of traces reads: a file
 * each in its Session Trace Simple Format (https://huggingface.co/docs/hub/session-traces-format), pictures as words.
 * What a teacher only thought is not in them. Throws InputError where the export has no rows to make them of.
 */
export async function tracesOf(bundle: Bundle, count: number): Promise<BundleFile[]> {
  const { rows = 0 } = bundle.manifest.targets.find(({ name }) => name === view) ?? {}
  if (rows === 0)
    throw new InputError([
      `${bundle.folder}: it has no rows in \`${view}\` to make traces of; leave --traces out, or export with hf()`,
    ])
  const chosen = new Set(spread(rows, count))
  const files: BundleFile[] = []
  let at = 0
  for await (const row of rowsIn(bundle)) {
    if (chosen.has(at++)) files.push(traceFile(plainRow(row)))
  }
  return files
}

const view = 'hf'

async function* rowsIn(bundle: Bundle): AsyncGenerator<Record<string, unknown>> {
  for (const shard of shardsOf(view, bundle))
    for await (const read of parquetRows(shard, ['key', 'task_question', 'teacher', 'trajectory'])) {
      if ('problem' in read) throw new DamagedError(`${read.place}: ${read.problem}`)
      yield read.row
    }
}

function traceFile({ key, task_question, teacher, trajectory }: JsonObject): BundleFile {
  const id = textIn(key)
  const header = { type: 'session', harness: 'kindling', id, name: textIn(task_question).slice(0, 200) }
  const named = pictureNames()
  const lines = listIn(trajectory).map(message => ({
    type: 'message',
    message: traceMessage(objectIn(message), textIn(teacher), named),
  }))
  const written = [header, ...lines].map(line => `${JSON.stringify(line)}\n`).join('')
  return wholeFile(`traces/${id.slice(0, 16)}.jsonl`, Buffer.from(written))
}

function traceMessage(
  { role, content, tool_calls, tool_call_id }: JsonObject,
  model: string,
  named: (content: string) => string,
): JsonObject {
  const toolCalls = listIn(jsonOf(tool_calls)).map(toolCall)
  return {
    role: textIn(role),
    content: named(textIn(content)),
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(typeof tool_call_id === 'string' && { toolCallId: tool_call_id }),
    ...(role === 'assistant' && { model }),
  }
}

function toolCall(call: Json): JsonObject {
  const { id, function: called } = objectIn(call)
  const { name, arguments: given } = objectIn(called)
  return { id: textIn(id), function: { name: textIn(name), arguments: textIn(given) } }
}

/** The form holds no pictures: each is named where it stood. */
function pictureNames() {
  let shown = 0
  return (content: string) => content.replaceAll(placeholder, () => `[picture ${++shown}]`)
}
