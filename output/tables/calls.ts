import { placeholder } from '../../prompts/markers.ts'
import type { Cell } from '../../schemas/cell.ts'
import { imagesIn, type Part } from '../../schemas/task.ts'
import type { Observation, Results, ToolCall } from '../../schemas/trajectory.ts'
import { flag, int32, text } from '../columns.ts'
import { boxesField, regionsOf } from './crop-boxes.ts'
import { picturesOf } from './shown-pictures.ts'
import type { TidyTable } from './table.ts'

/** A line for each call of a tool; turns, and the calls of one, count from 1. */
export const callsTable: TidyTable = {
  name: 'calls',
  about:
    'each call of a tool: arguments, code or query, regions of pictures that were cropped, what came back, how code ended, and what was mistaken',
  fields: [
    text('key'),
    ...['turn', 'call'].map(int32),
    ...['call_id', 'tool', 'arguments', 'code', 'query', 'provider', 'status', 'mistake', 'message'].map(
      text,
    ),
    ...['output', 'error_name'].map(text),
    ...['results', 'removed', 'images'].map(int32),
    flag('reproducible'),
    boxesField,
  ],
  lines({ measured: { trajectory, facts } }) {
    const { key, turns } = trajectory
    const pictures = picturesOf(trajectory).map(({ image }) => image)
    const regions = regionsOf(turns, facts, pictures)
    return turns.flatMap(({ reply, observations }, turn) =>
      reply.calls.map((call, index) => ({
        key,
        turn: turn + 1,
        call: index + 1,
        ...called(call),
        ...seen(observations[index]),
        boxes: regions[turn]?.[index] ?? null,
      })),
    )
  },
}

const called = ({ id, name, arguments: raw }: ToolCall) => ({ call_id: id, tool: name, arguments: raw })

/** A call that was not made has none. */
function seen(observation: Observation | undefined) {
  const { data = null, mistake = null, parts = [], removed = [] } = observation ?? {}
  return {
    ...(data?.kind === 'cell' ? ofCell(data) : data ? ofResults(data) : ofNone),
    mistake: mistake?.kind ?? null,
    message: mistake?.message ?? null,
    output: observation ? shownIn(parts) : null,
    removed: removed.reduce((sum, { count }) => sum + count, 0),
    images: imagesIn(parts).length,
  }
}

const ofNone = {
  code: null,
  query: null,
  provider: null,
  status: null,
  error_name: null,
  results: null,
  reproducible: null,
}

const ofCell = ({ code, status, error, reproducible }: Cell) => ({
  ...ofNone,
  code,
  status,
  error_name: error?.name ?? null,
  reproducible,
})

const ofResults = ({ query, provider, results }: Results) => ({
  ...ofNone,
  query,
  provider,
  results: results.length,
})

/** What the teacher saw, with a placeholder for each picture. */
const shownIn = (parts: readonly Part[]): string =>
  parts.map(part => (part.type === 'image' ? placeholder : part.text)).join('\n')
