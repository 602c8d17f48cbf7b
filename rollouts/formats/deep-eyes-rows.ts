import type { Files } from '../../tasks/files.ts'
import { codeTag } from '../code-tag.ts'
import type { RolloutOptions } from '../options.ts'
import { fieldsIn, itemsIn, type PlainRow, textAs } from '../row.ts'
import { type PicturesOfRow, placedParts } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { RolloutSource } from '../source.ts'
import { openTelling, replyIn, type Telling, withoutThink } from '../telling.ts'

/**
 * Rollouts as DeepEyesV2 is trained on them (arXiv 2511.05271; cold_start and envs/deepeyesv2): `messages` of plain
 * text. Code stands in `<code>` with a fence, searches in `<tool_call>`, and what came back is a user's message.
 */
export const deepEyesRows = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'deepeyes_sft', profile: 'deepeyes_v2', images: 'images', read }, files, options)

function read(row: PlainRow, pictures: PicturesOfRow) {
  const messages = itemsIn(row.messages).map(fieldsIn)
  if (messages.length === 0) return 'has no messages; name another format or leave the row out'
  const told = openTelling()
  for (const { role, content } of messages) say(textAs(role), textAs(content), told, pictures)
  return told.end({ tools: [], ...(textAs(row.id) !== '' && { id: textAs(row.id) }) })
}

function say(role: string, content: string, told: Telling, pictures: PicturesOfRow): void {
  if (role === 'system') told.system(content)
  else if (role === 'assistant') told.assistant(replyOf(content))
  else if ((told.last()?.calls.length ?? 0) > 0) told.result(0, placedParts(unwrapped(content), pictures))
  else told.user(placedParts(content, pictures))
}

/** An answer wins over code, and code over a search: the environment reads a reply so. */
function replyOf(content: string) {
  if (/<answer>[\s\S]*<\/answer>/.test(content)) return { text: withoutThink(content) }
  return codeTag(content) ?? replyIn(withoutThink(content))
}

const unwrapped = (text: string): string =>
  /^\s*<tool_response>\n?([\s\S]*?)\n?<\/tool_response>\s*$/.exec(text)?.[1] ?? text
