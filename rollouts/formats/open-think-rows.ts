import { isObject, parseJson } from '../../schemas/json.ts'
import type { Files } from '../../tasks/files.ts'
import type { RolloutOptions } from '../options.ts'
import { fieldsIn, itemsIn, type PlainRow, textAs } from '../row.ts'
import { type PicturesOfRow, placedParts } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { RolloutSource } from '../source.ts'
import { draftCall, openTelling } from '../telling.ts'

/**
 * Rollouts as OpenThinkIMG is trained on them (its r1_v, sft): `conversations` in which a reply is JSON of a `thought`
 * and `actions`, what those gave is a human's turn, and the action `Terminate` answers. Its tools are services.
 */
export const openThinkRows = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'open_think', profile: 'plain', images: 'images', read }, files, options)

function read(row: PlainRow, pictures: PicturesOfRow) {
  const messages = itemsIn(row.conversations).map(fieldsIn)
  if (messages.length === 0) return 'has no conversations; name another format or leave the row out'
  const told = openTelling()
  for (const { from, value } of messages) {
    const text = textAs(value)
    if (from === 'system') told.system(text)
    else if (from !== 'human' && from !== 'user') told.assistant(replyOf(text))
    else if ((told.last()?.calls.length ?? 0) > 0) told.result('all', placedParts(text, pictures))
    else told.user(placedParts(text, pictures))
  }
  return told.end({ tools: [], id: textAs(row.id) })
}

function replyOf(text: string) {
  const said = parseJson(text)
  if (!isObject(said)) return { text }
  const { thought, actions } = fieldsIn(said)
  const all = itemsIn(actions).map(fieldsIn)
  const ended = all.find(({ name }) => name === 'Terminate')
  if (!ended)
    return {
      text: textAs(thought),
      calls: all.map(({ name, arguments: given }) => draftCall(textAs(name), given)),
    }
  const { ans, answer } = fieldsIn(ended.arguments)
  return { text: `${textAs(thought)}\n<answer>${String(ans ?? answer ?? '')}</answer>`.trim() }
}
