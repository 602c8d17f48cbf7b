import type { Files } from '../../tasks/files.ts'
import { codeTag } from '../code-tag.ts'
import type { RolloutOptions } from '../options.ts'
import { type PlainRow, textAs } from '../row.ts'
import { type PicturesOfRow, placedParts } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { RolloutSource } from '../source.ts'
import { openTelling, withoutThink } from '../telling.ts'

/**
 * Rollouts as Thyme is trained on them (its README, 2.2 to 3.1): the whole of one is a `question` and one `response`,
 * in which what came back stands in `<sandbox_output>` behind each `<code>`. Code opens files by paths of their
 * machine, and their runner puts others into it.
 */
export const thymeRows = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'thyme', profile: 'thyme', images: 'image', read }, files, options)

const output = /<sandbox_output>([\s\S]*?)<\/sandbox_output>/g

function read(row: PlainRow, pictures: PicturesOfRow) {
  if (typeof row.question !== 'string' || typeof row.response !== 'string')
    return 'has no question and response; name another format or leave the row out'
  const told = openTelling()
  told.user(placedParts(row.question, pictures))
  const pieces = row.response.split(output)
  // Replies and what came back take turns.
  for (const [at, piece] of pieces.entries()) {
    if (at % 2 === 1) told.result('all', placedParts(piece.trim(), pictures))
    else if (piece.trim() !== '') told.assistant(codeTag(piece) ?? { text: withoutThink(piece) })
  }
  return told.end({ tools: [], id: textAs(row.id) })
}
