import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject, type Json, type JsonObject } from '../../schemas/json.ts'
import type { Told } from './foreign.ts'

/** A fault that a row has and no rollout of kindling's own can: of its pictures, or of the order of what is in it. */
export interface RowFault {
  name: string
  /** What finds it. */
  by: string
  /** The row with the fault; null where the format has nothing that could be at fault so. */
  row(row: JsonObject, told: Told): JsonObject | null
}

const broken = Buffer.from('this is no picture')
export const brokenPicture = 'broken.png'

/** The file that rows with a broken picture name. */
export const writeBroken = (folder: string): Promise<void> => writeFile(join(folder, brokenPicture), broken)

export const rowFaults: readonly RowFault[] = [
  {
    name: 'row: broken picture',
    by: 'well_formed/image_broken',
    row(row, told) {
      const image = told.trajectory.task.images.at(-1)
      if (!image) return null
      const base64 = Buffer.from(told.bytes(image)).toString('base64')
      const text = JSON.stringify(row)
        .replaceAll(base64, broken.toString('base64'))
        .replaceAll(told.path(image), brokenPicture)
      return JSON.parse(text)
    },
  },
  {
    name: 'row: placeholder without picture',
    by: 'well_formed/image_unmatched',
    row: row => withPictures(row, pictures => pictures.slice(0, -1)),
  },
  {
    name: 'row: picture without placeholder',
    by: 'well_formed/placeholders',
    row: row => withPictures(row, pictures => [...pictures, ...pictures.slice(-1)]),
  },
  { name: 'row: result before its call', by: 'well_formed/results', row: swapped },
]

function withPictures(row: JsonObject, change: (pictures: unknown[]) => unknown[]): JsonObject | null {
  const column = ['images', 'image'].find(name => Array.isArray(row[name]))
  return column === undefined ? null : ({ ...row, [column]: change(row[column] as unknown[]) } as JsonObject)
}

/** Where messages, items and events stand, whoever writes them. */
const lists = ['conversations', 'messages', 'message_list', 'input', 'output', 'content', 'lines', 'nodes']

/** The list in which a row says something, with what called and what came back in the other order. */
function swapped(row: JsonObject): JsonObject | null {
  for (const [name, value] of Object.entries(row)) {
    if (lists.includes(name) && Array.isArray(value)) {
      const at = value.findIndex((each, at) => isCall(each) && isResult(value[at + 1]))
      if (at >= 0) return { ...row, [name]: value.toSpliced(at, 2, ...exchanged(value[at], value[at + 1])) }
    }
    const inner = Array.isArray(value) && name === 'traces' ? value[0] : value
    const found = isObject(inner) ? swapped(inner as JsonObject) : null
    if (found) return { ...row, [name]: name === 'traces' ? [found] : found }
  }
  return null
}

/** Nodes of a graph stay where they are. */
function exchanged(call: unknown, result: unknown): Json[] {
  const [one, other] = [call, result] as [JsonObject, JsonObject]
  const isNode = isObject(one.message) && isObject(other.message) && 'sampled' in one
  return isNode
    ? [
        { ...one, message: other.message ?? null },
        { ...other, message: one.message ?? null },
      ]
    : [other, one]
}

const speaks = (each: unknown): string => {
  const { role, from, type, class_, source, message } = Object(each)
  if (isObject(message)) return speaks(message)
  return [role, from, class_, type, source].filter(one => typeof one === 'string').join(' ')
}

const isCall = (each: unknown): boolean =>
  /\b(assistant|gpt|function_call|tool_call|(code|api)_action)\b/.test(speaks(each)) && !isResult(each)
const isResult = (each: unknown): boolean =>
  /\b(tool|observation|human|user|tool_response|function_call_output|text_observation)\b/.test(speaks(each))
