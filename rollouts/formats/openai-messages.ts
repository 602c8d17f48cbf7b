import type { Files } from '../../tasks/files.ts'
import { tellChat } from '../chat.ts'
import type { RolloutOptions } from '../options.ts'
import { fieldsIn, itemsIn, jsonIn, type PlainRow, textAs } from '../row.ts'
import type { PicturesOfRow } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { RolloutSource } from '../source.ts'
import { openTelling, toolsIn } from '../telling.ts'

/**
 * Rollouts in the messages of OpenAI's Chat Completions (`messages`, or `prompt` and `completion`), as fine-tuning and
 * most agents write them. Pictures are data URLs, or those of the column `images` where texts hold `<image>`. A
 * user's message of pictures behind results shows what the tools drew.
 */
export const openAiMessages = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'openai_messages', profile: 'kindling', images: 'images', read }, files, options)

function read(row: PlainRow, pictures: PicturesOfRow) {
  const messages = [...itemsIn(row.messages), ...itemsIn(row.prompt), ...itemsIn(row.completion)]
  if (messages.length === 0) return 'has no messages; name another format or leave the row out'
  const told = openTelling()
  const parsed = messages
    .map(fieldsIn)
    .map(each => ({ ...each, tool_calls: jsonIn(each.tool_calls) ?? null }))
  tellChat(parsed, told, pictures)
  return told.end({ tools: toolsIn(row.tools), ...(textAs(row.id) !== '' && { id: textAs(row.id) }) })
}
