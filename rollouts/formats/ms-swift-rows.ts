import type { Files } from '../../tasks/files.ts'
import type { RolloutOptions } from '../options.ts'
import { fieldsIn, itemsIn, type PlainRow, textAs } from '../row.ts'
import { type PicturesOfRow, placedParts } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { RolloutSource } from '../source.ts'
import { callsIn, openTelling, replyIn, type Telling, toolsIn, withoutThink } from '../telling.ts'

/**
 * Rollouts in ms-swift's roles (4.6.0): the calls of a turn are `tool_call` messages behind what it says, each one call
 * in JSON, and `tool_response` messages answer them in order. The n-th `<image>` is the n-th of `images`.
 */
export const msSwiftRows = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'ms_swift', profile: 'kindling', images: 'images', read }, files, options)

function read(row: PlainRow, pictures: PicturesOfRow) {
  const messages = itemsIn(row.messages).map(fieldsIn)
  if (messages.length === 0) return 'has no messages; name another format or leave the row out'
  const told = openTelling()
  for (const { role, content } of messages) say(textAs(role), textAs(content), told, pictures)
  return told.end({ tools: toolsIn(row.tools), ...(textAs(row.id) !== '' && { id: textAs(row.id) }) })
}

function say(role: string, content: string, told: Telling, pictures: PicturesOfRow): void {
  if (role === 'system') told.system(content)
  else if (role === 'assistant') told.assistant(replyIn(withoutThink(content)))
  else if (role === 'tool_call') sayCall(content, told)
  else if (role === 'tool_response' || role === 'tool')
    told.result(told.last()?.results.length ?? 0, placedParts(content, pictures))
  else told.user(placedParts(content, pictures))
}

/** It belongs to what was said before it, unless results of that are there already. */
function sayCall(content: string, told: Telling): void {
  const calls = callsIn(content)
  const turn = told.last()
  if (!calls) told.lacks('unreadable_calls')
  else if (turn && turn.results.length === 0 && turn.user === undefined) turn.calls.push(...calls)
  else told.assistant({ text: '', calls })
}
