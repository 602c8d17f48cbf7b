import type { JsonObject } from '../../schemas/json.ts'
import type { Files } from '../../tasks/files.ts'
import { tellChat } from '../chat.ts'
import type { RolloutOptions } from '../options.ts'
import { fieldsIn, itemsIn, type PlainRow, textAs } from '../row.ts'
import type { PicturesOfRow } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { RolloutSource } from '../source.ts'
import { openTelling, type Told, toolsIn } from '../telling.ts'

/**
 * Rollouts of verifiers' episodes (0.4, `traces.jsonl`): the messages of a trace are a graph, and each of its leaves is
 * a rollout of the same question. Replies that the model did not sample are noted.
 */
export const verifiersTraces = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'verifiers', profile: 'kindling', images: 'images', read }, files, options)

function read(row: PlainRow, pictures: PicturesOfRow): Told[] | string {
  const traces = itemsIn(row.traces).map(fieldsIn)
  if (traces.length === 0) return 'has no traces; name another format or leave the row out'
  const read = traces.flatMap(trace => branchesOf(trace).map(path => toldIn(path, trace, pictures)))
  const taskId = textAs(fieldsIn(fieldsIn(row.task).data).id)
  const told = read.filter(each => typeof each !== 'string')
  return told.length > 0
    ? told.map((each, sample) => ({ ...each, id: taskId || textAs(row.id), sample }))
    : (read.find(each => typeof each === 'string') ?? 'has no messages; leave the row out')
}

/** From the root to each leaf. A parent is the place of a node, and stands before it; nothing else is followed. */
function branchesOf({ nodes: given }: JsonObject): JsonObject[][] {
  const nodes = itemsIn(given).map(fieldsIn)
  const paths: JsonObject[][] = []
  const parents = new Set<number>()
  for (const [at, node] of nodes.entries()) {
    const { parent } = node
    const isKnown = typeof parent === 'number' && parent >= 0 && parent < at
    if (isKnown) parents.add(parent)
    paths.push([...(isKnown ? (paths[parent] ?? []) : []), node])
  }
  return paths.filter((_, at) => !parents.has(at))
}

function toldIn(path: readonly JsonObject[], trace: JsonObject, pictures: PicturesOfRow): Told | string {
  const told = openTelling()
  const messages = path.map(({ message }) => fieldsIn(message))
  tellChat(messages, told, pictures)
  if (path.some(({ sampled }, at) => sampled === false && messages[at]?.role === 'assistant'))
    told.lacks('sampled')
  return told.end({
    // Those of the trace are empty where its branches have tools of their own.
    tools: [...toolsIn(trace.tools), ...toolsIn(path[0]?.tools)],
    model: textAs(fieldsIn(fieldsIn(trace.agent).config).model),
  })
}
