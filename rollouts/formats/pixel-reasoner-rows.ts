import type { JsonObject } from '../../schemas/json.ts'
import type { Files } from '../../tasks/files.ts'
import type { RolloutOptions } from '../options.ts'
import { fieldsIn, itemsIn, type PlainRow, textAs } from '../row.ts'
import type { PicturesOfRow } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { DraftPart, RolloutSource } from '../source.ts'
import { openTelling, replyIn, withoutThink, wordsOfParts } from '../telling.ts'

/**
 * Rollouts as Pixel-Reasoner is trained on them (its sft_tool): `message_list` of parts whose key says what they are.
 * Calls stand in `<tool_call>`, and what they gave is a user's message. Rows about videos are not read.
 */
export const pixelReasonerRows = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'pixel_reasoner', profile: 'plain', images: 'images', read }, files, options)

function read(row: PlainRow, pictures: PicturesOfRow) {
  const messages = itemsIn(row.message_list).map(fieldsIn)
  if (messages.length === 0) return 'has no message_list; name another format or leave the row out'
  const blocks = (message: JsonObject) => itemsIn(message.content).map(fieldsIn)
  if (messages.some(message => blocks(message).some(({ video }) => video !== undefined && video !== null)))
    return 'is about a video, which is not read here; leave the row out'
  const told = openTelling()
  for (const message of messages) {
    const parts = blocks(message).flatMap(block => partIn(block, pictures))
    if (message.role === 'system') told.system(wordsOfParts(parts))
    else if (message.role === 'assistant') told.assistant(replyIn(withoutThink(wordsOfParts(parts))))
    else if ((told.last()?.calls.length ?? 0) > 0) told.result('all', parts)
    else told.user(parts)
  }
  return told.end({ tools: [], id: textAs(row.id) || textAs(row.qid) })
}

const partIn = ({ text, image }: JsonObject, pictures: PicturesOfRow): DraftPart[] => {
  if (image !== undefined && image !== null) return [pictures.of(image)]
  return textAs(text) === '' ? [] : [{ type: 'text', text: textAs(text) }]
}
