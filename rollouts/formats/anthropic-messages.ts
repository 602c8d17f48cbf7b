import type { Files } from '../../tasks/files.ts'
import { contentParts, tellChat } from '../chat.ts'
import type { RolloutOptions } from '../options.ts'
import { fieldsIn, itemsIn, type PlainRow, textAs } from '../row.ts'
import type { PicturesOfRow } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { RolloutSource } from '../source.ts'
import { openTelling, toolsIn, wordsOfParts } from '../telling.ts'

/**
 * Rollouts in Anthropic's Messages (`system` and `messages` of blocks; docs.anthropic.com/en/api/messages): calls are
 * `tool_use`, and results `tool_result` in the next message of the user. Arguments are objects there, so how they were
 * written is lost.
 */
export const anthropicMessages = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'anthropic_messages', profile: 'kindling', images: 'images', read }, files, options)

function read(row: PlainRow, pictures: PicturesOfRow) {
  const messages = itemsIn(row.messages).map(fieldsIn)
  if (messages.length === 0) return 'has no messages; name another format or leave the row out'
  const told = openTelling()
  told.system(wordsOfParts(contentParts(row.system, pictures)))
  tellChat(messages, told, pictures)
  return told.end({
    tools: toolsIn(row.tools),
    ...(textAs(row.id) !== '' && { id: textAs(row.id) }),
    ...(textAs(row.model) !== '' && { model: textAs(row.model) }),
  })
}
