import type { JsonObject } from '../../schemas/json.ts'
import type { Files } from '../../tasks/files.ts'
import type { RolloutOptions } from '../options.ts'
import { fieldsIn, itemsIn, type PlainRow, textAs } from '../row.ts'
import type { PicturesOfRow } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { DraftCall, DraftPart, DraftTurn, RolloutSource } from '../source.ts'
import { draftCall, openTelling, type Telling } from '../telling.ts'

/**
 * Rollouts in the Agent Data Protocol (ADP 1.2; schema/trajectory.py): `content` of actions and observations, each with
 * its `class_`. An observation is words or a picture. What a user says is an observation, too.
 */
export const adpTrajectories = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'adp', profile: 'plain', images: 'images', read }, files, options)

function read(row: PlainRow, pictures: PicturesOfRow) {
  const items = itemsIn(row.content).map(fieldsIn)
  if (items.length === 0) return 'has no content; name another format or leave the row out'
  const told = openTelling()
  for (const item of items) {
    const kind = textAs(item.class_)
    if (kind === 'message_action') told.assistant({ text: finished(item), reasoning: thoughtOf(item) })
    else if (kind.endsWith('_action')) act(callIn(item), item, told)
    else if (kind.endsWith('_observation')) observe(partsIn(item, pictures), item, told)
    else told.lacks('unknown_items')
  }
  return told.end({ tools: [], id: textAs(row.id) })
}

/** The last message of those who made the protocol stands in a tag of its own. */
const finished = ({ content }: JsonObject): string =>
  textAs(content).replaceAll(/<finish>([\s\S]*?)<\/finish>/g, (_, words: string) =>
    /<answer>/.test(words) ? words.trim() : `<answer>${words.trim()}</answer>`,
  )

const thoughtOf = ({ description }: JsonObject): string | null => textAs(description) || null

const python = /^(python[34]?|py)$/

/** Code is a call of what its language is called by, and of Python's tool where it is that. */
function callIn({ class_, language, content, function: name, kwargs, ...item }: JsonObject): DraftCall {
  const code = textAs(content)
  if (class_ === 'code_action')
    return draftCall(python.test(textAs(language)) ? 'code' : textAs(language), { code }, idOf(item))
  return draftCall(textAs(name), kwargs ?? {}, idOf(item))
}

const idOf = ({ tool_call_id, call_id }: JsonObject): string => textAs(tool_call_id) || textAs(call_id)

/** With the words before it, and with other calls that nothing has answered yet. */
function act(call: DraftCall, item: JsonObject, told: Telling): void {
  told.lacks('raw_arguments')
  const turn = told.last()
  const thought = thoughtOf(item) ?? ''
  if (!turn || turn.results.length > 0 || turn.user !== undefined)
    told.assistant({ text: thought, calls: [call] })
  else {
    turn.calls.push(call)
    turn.text = [turn.text, thought].filter(text => text !== '').join('\n')
  }
}

function observe(parts: readonly DraftPart[], item: JsonObject, told: Telling): void {
  const turn = told.last()
  if (item.source === 'user' || !turn || turn.calls.length === 0) told.user(parts)
  else told.result(answered(turn, idOf(item)), [...parts])
}

/** The call that an observation names; without a name the next one that has none. */
function answered({ calls, results }: DraftTurn, id: string): number {
  const named = id === '' ? -1 : calls.findIndex(call => call.id === id)
  return named >= 0 ? named : Math.min(results.length, calls.length - 1)
}

/** A page is its address and what of it was read, and its picture. */
function partsIn({ class_, content, ...page }: JsonObject, pictures: PicturesOfRow): DraftPart[] {
  if (class_ === 'image_observation') return [pictures.of(content)]
  if (class_ !== 'web_observation') return [{ type: 'text', text: textAs(content) }]
  const words = [textAs(page.url), textAs(page.axtree) || textAs(page.html)]
  const shown = fieldsIn(page.image_observation).content
  return [
    { type: 'text', text: words.filter(text => text !== '').join('\n') },
    ...(shown === undefined ? [] : [pictures.of(shown)]),
  ]
}
