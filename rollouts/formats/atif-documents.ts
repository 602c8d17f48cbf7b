import type { JsonObject } from '../../schemas/json.ts'
import type { Files } from '../../tasks/files.ts'
import { atifColumns, atifPictures } from '../atif-row.ts'
import { contentParts } from '../chat.ts'
import type { RolloutOptions } from '../options.ts'
import { fieldsIn, itemsIn, type PlainRow, textAs } from '../row.ts'
import type { PicturesOfRow } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { RolloutSource } from '../source.ts'
import { draftCall, openTelling, type Telling, toolsIn, withoutThink, wordsOfParts } from '../telling.ts'

/**
 * Rollouts in the Agent Trajectory Interchange Format (ATIF 1.0 to 1.8, as Harbor 0.26 writes it): a JSON document a
 * line, or a document by itself, with its pictures in files beside it. Results stand in the step of their calls. A
 * document that kindling wrote is the trajectory again.
 */
export const atifDocuments = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts(
    { name: 'atif', profile: 'kindling', images: 'images', read, recorded: recordedIn },
    files,
    options,
  )

/** The columns of kindling's own, and the paths of their pictures; undefined where it has no record. */
function recordedIn(row: PlainRow) {
  if (typeof fieldsIn(fieldsIn(row.extra).kindling).record !== 'string') return undefined
  return { columns: atifColumns(row), pictures: atifPictures(row) }
}

function read(row: PlainRow, pictures: PicturesOfRow) {
  const steps = itemsIn(row.steps).map(fieldsIn)
  if (steps.length === 0) return 'has no steps; name another format or leave the row out'
  const told = openTelling()
  for (const step of steps.filter(({ is_copied_context }) => is_copied_context !== true))
    tell(step, told, pictures)
  const agent = fieldsIn(row.agent)
  told.lacks('raw_arguments')
  return told.end({
    tools: toolsIn(agent.tool_definitions),
    id: textAs(row.trajectory_id) || textAs(row.session_id),
    model: textAs(agent.model_name) || textAs(agent.name),
  })
}

function tell(step: JsonObject, told: Telling, pictures: PicturesOfRow): void {
  const parts = contentParts(step.message, pictures)
  if (step.source === 'system') told.system(wordsOfParts(parts))
  else if (step.source === 'user') told.user(parts)
  else tellAgent(step, wordsOfParts(parts), told, pictures)
}

function tellAgent(step: JsonObject, words: string, told: Telling, pictures: PicturesOfRow): void {
  const calls = itemsIn(step.tool_calls)
    .map(fieldsIn)
    .map(each => draftCall(textAs(each.function_name), each.arguments, textAs(each.tool_call_id)))
  const thought = textAs(step.reasoning_content)
  told.assistant({
    text: withoutThink(words),
    reasoning: thought === '' ? null : thought,
    calls,
  })
  const results = itemsIn(fieldsIn(step.observation).results).map(fieldsIn)
  for (const [index, { source_call_id, content }] of results.entries()) {
    const named = calls.findIndex(({ id }) => id === source_call_id)
    if (calls.length > 0)
      told.result(named >= 0 ? named : Math.min(index, calls.length - 1), contentParts(content, pictures))
  }
}
