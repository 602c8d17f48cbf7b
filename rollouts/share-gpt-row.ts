import { fieldsIn, itemsIn, type PlainRow, textAs } from './row.ts'
import { type PicturesOfRow, placedParts } from './row-pictures.ts'
import { openTelling, replyIn, type Telling, taggedResults, toolsIn, withoutThink } from './telling.ts'

/** What a row in ShareGPT says. */
export function readShareGpt(row: PlainRow, pictures: PicturesOfRow) {
  const messages = itemsIn(row.conversations).map(fieldsIn)
  if (messages.length === 0) return 'has no conversations; name another format or leave the row out'
  const told = openTelling()
  told.system(textAs(row.system))
  for (const { from, value } of messages) say(textAs(from), textAs(value), told, pictures)
  if (!takeTurns(messages.map(({ from }) => textAs(from)))) told.lacks('role_order')
  return told.end({ tools: toolsIn(row.tools), ...(typeof row.id === 'string' && { id: row.id }) })
}

/** LLaMA-Factory (0.9.5, converter.py) leaves a row out where somebody speaks twice in a row. */
const takeTurns = (roles: readonly string[]): boolean =>
  roles.filter(role => role !== 'system').every((role, at) => asking.has(role) === (at % 2 === 0))

const asking: ReadonlySet<string> = new Set(['human', 'user', 'observation'])

/** By the tags that LLaMA-Factory has by default. */
function say(from: string, value: string, told: Telling, pictures: PicturesOfRow): void {
  if (from === 'system') told.system(value)
  else if (from === 'observation') told.result('all', placedParts(value, pictures))
  else if (from === 'human' || from === 'user') sayOfUser(value, told, pictures)
  else sayOfModel(value, told)
}

/** Where tools are words, what they gave stands in a user's message. */
function sayOfUser(value: string, told: Telling, pictures: PicturesOfRow): void {
  const parts = placedParts(value, pictures)
  const isCalled = (told.last()?.calls.length ?? 0) > 0
  const results = isCalled ? taggedResults(parts) : []
  if (results.length === 0) told.user(parts)
  for (const [index, result] of results.entries()) told.result(index, result)
}

const sayOfModel = (value: string, told: Telling): void => told.assistant(replyIn(withoutThink(value)))
