import type { Files } from '../../tasks/files.ts'
import { tellChat } from '../chat.ts'
import type { RolloutOptions } from '../options.ts'
import { chatOfItems, inputItems } from '../response-items.ts'
import { fieldsIn, itemsIn, type PlainRow, textAs } from '../row.ts'
import type { PicturesOfRow } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { RolloutSource } from '../source.ts'
import { openTelling, toolsIn } from '../telling.ts'

/**
 * Rollouts in the items of OpenAI's Responses (openai 7.57): `input` and `output`, or a list of items as `messages`.
 * Results are `function_call_output` items behind all calls of a step. What was thought is seldom there in words.
 */
export const openAiResponses = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'openai_responses', profile: 'kindling', images: 'images', read }, files, options)

function read(row: PlainRow, pictures: PicturesOfRow) {
  const items = [
    ...inputItems(row.input),
    ...itemsIn(row.messages).map(fieldsIn),
    ...itemsIn(row.output).map(fieldsIn),
  ]
  if (items.length === 0) return 'has no input and output; name another format or leave the row out'
  const told = openTelling()
  told.system(textAs(row.instructions))
  tellChat(chatOfItems(items), told, pictures)
  return told.end({
    tools: toolsIn(row.tools),
    ...(textAs(row.id) !== '' && { id: textAs(row.id) }),
    ...(textAs(row.model) !== '' && { model: textAs(row.model) }),
  })
}
