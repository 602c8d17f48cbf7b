import Type, { type Static } from 'typebox'
import { InputError } from '../schemas/input-error.ts'
import { isObject } from '../schemas/json.ts'
import { closed, readOptions } from '../schemas/options.ts'
import { Files, openFiles } from '../tasks/files.ts'
import { passingPins } from '../tasks/remote/pins.ts'
import type { Reach } from '../tasks/remote/reach.ts'
import { reachWith } from '../tasks/remote/usual-reach.ts'
import { adpTrajectories } from './formats/adp-trajectories.ts'
import { agentSessions } from './formats/agent-sessions.ts'
import { anthropicMessages } from './formats/anthropic-messages.ts'
import { atifDocuments } from './formats/atif-documents.ts'
import { deepEyesRows } from './formats/deep-eyes-rows.ts'
import { inspectLog } from './formats/inspect-log.ts'
import { kindlingExport } from './formats/kindling-export.ts'
import { msSwiftRows } from './formats/ms-swift-rows.ts'
import { nemoGym } from './formats/nemo-gym.ts'
import { openSearchRows } from './formats/open-search-rows.ts'
import { openThinkRows } from './formats/open-think-rows.ts'
import { openAiMessages } from './formats/openai-messages.ts'
import { openAiResponses } from './formats/openai-responses.ts'
import { pixelReasonerRows } from './formats/pixel-reasoner-rows.ts'
import { shareGpt } from './formats/share-gpt.ts'
import { thymeRows } from './formats/thyme-rows.ts'
import { verifiersTraces } from './formats/verifiers.ts'
import { RolloutOptions } from './options.ts'
import { fieldsIn, itemsIn, jsonIn, type PlainRow, plainRow, textAs } from './row.ts'
import { rowFiles, rowsOfFile } from './row-rollouts.ts'
import { isSessionLine } from './session-chat.ts'
import type { RolloutSource } from './source.ts'

/** How a row of a format is known. */
interface Known {
  is(row: PlainRow): boolean
  make(files: Files, options: RolloutOptions): RolloutSource
}

const messagesOf = (row: PlainRow) =>
  [...itemsIn(row.messages), ...itemsIn(row.prompt), ...itemsIn(row.completion)].map(fieldsIn)
const conversation = (row: PlainRow) => itemsIn(row.conversations).map(fieldsIn)
const roles = (row: PlainRow) => new Set(messagesOf(row).map(({ role }) => textAs(role)))
const blocksIn = (row: PlainRow) => messagesOf(row).flatMap(({ content }) => itemsIn(content).map(fieldsIn))
const says = (row: PlainRow, pattern: RegExp) =>
  messagesOf(row).some(({ role, content }) => role === 'assistant' && pattern.test(textAs(content)))
const replies = (row: PlainRow, pattern: RegExp) =>
  conversation(row).some(({ from, value }) => from === 'gpt' && pattern.test(textAs(value)))

const usesAnthropic = (row: PlainRow) =>
  blocksIn(row).some(({ type }) => type === 'tool_use' || type === 'tool_result')
const usesItems = (row: PlainRow) =>
  [row.input, row.output, row.messages]
    .flatMap(itemsIn)
    .map(fieldsIn)
    .some(
      ({ type, content }) =>
        /^reasoning$|_call(_output)?$/.test(textAs(type)) ||
        itemsIn(content).some(block => fieldsIn(block).type === 'output_text'),
    )
const usesSwift = (row: PlainRow) => ['tool_call', 'tool_response'].some(role => roles(row).has(role))
const usesTags = (row: PlainRow) => !roles(row).has('tool') && says(row, /<code>|<tool_call>/)
const isOpenThink = (row: PlainRow) => replies(row, /^\s*\{\s*"thought"[\s\S]*"actions"/)
const isOpenSearch = (row: PlainRow) => replies(row, /<response>/)

/** Formats by their names, each by what no other one has. */
export const formats = {
  kindling: {
    is: row => 'schema_version' in row && ('trajectory' in row || 'facts' in row),
    make: files => kindlingExport(files),
  },
  atif: { is: row => textAs(row.schema_version).startsWith('ATIF-v') && 'steps' in row, make: atifDocuments },
  verifiers: {
    is: row => itemsIn(row.traces).some(trace => 'nodes' in fieldsIn(trace)),
    make: verifiersTraces,
  },
  open_think: { is: isOpenThink, make: openThinkRows },
  open_search: { is: isOpenSearch, make: openSearchRows },
  share_gpt: {
    is: row => conversation(row).length > 0 && !isOpenThink(row) && !isOpenSearch(row),
    make: shareGpt,
  },
  pixel_reasoner: { is: row => itemsIn(row.message_list).length > 0, make: pixelReasonerRows },
  thyme: {
    is: row =>
      typeof row.question === 'string' && /<(think|code|sandbox_output|answer)>/.test(textAs(row.response)),
    make: thymeRows,
  },
  ms_swift: { is: usesSwift, make: msSwiftRows },
  anthropic_messages: { is: usesAnthropic, make: anthropicMessages },
  deepeyes_sft: { is: row => usesTags(row) && !usesSwift(row) && !usesAnthropic(row), make: deepEyesRows },
  openai_messages: {
    is: row =>
      roles(row).has('assistant') && ![usesTags, usesSwift, usesAnthropic, usesItems].some(uses => uses(row)),
    make: openAiMessages,
  },
  openai_responses: { is: usesItems, make: openAiResponses },
  nemo_gym: {
    is: row => itemsIn(fieldsIn(row.response).output).length > 0 && 'responses_create_params' in row,
    make: nemoGym,
  },
  adp: { is: row => itemsIn(row.content).some(item => 'class_' in fieldsIn(item)), make: adpTrajectories },
  agent_sessions: { is: isSessionLine, make: agentSessions },
  inspect_log: { is: () => false, make: inspectLog },
} satisfies Record<string, Known>
export type FormatName = keyof typeof formats

export const formatNames = Object.keys(formats) as FormatName[]

/** What files hold: rollouts in a format, tasks for reinforcement learning, nothing that is known, or no file. */
export type Detected =
  | { kind: 'format'; name: FormatName; rows: number; of: number }
  /** Tasks without a reply of a model: they are to be read as tasks. */
  | { kind: 'tasks'; rows: number }
  /** Several formats would read them; the user has to say which. */
  | { kind: 'several'; names: FormatName[] }
  | { kind: 'unknown'; fields: string[] }
  | { kind: 'none'; problem: string }

/** Rows that are looked at. */
const most = 20

/**
 * Tells which format files are in, by their ends and their first rows. It never guesses: what none of the formats is
 * known by, or several are, is said.
 */
export async function detectFormat(files: Files, reach?: Reach): Promise<Detected> {
  const logs = await firstFile(files, /\.eval$/i, reach)
  if ('path' in logs && /\.eval$/i.test(logs.path))
    return { kind: 'format', name: 'inspect_log', rows: 1, of: 1 }
  const rows: PlainRow[] = []
  let problem = ''
  const unread = (what: string) =>
    `${what} (what is read: Parquet, JSON, JSON Lines, and logs of Inspect as .eval)`
  for await (const file of openFiles(files, { reach, kind: rowFiles })) {
    if ('problem' in file) problem ||= `${file.place}: ${file.problem}`
    else
      for await (const entry of rowsOfFile(file)) {
        if ('problem' in entry) problem ||= unread(`${entry.place}: ${entry.problem}`)
        else rows.push(plainRow(entry.row))
        if (rows.length >= most) return formatOf(rows)
      }
  }
  return rows.length > 0
    ? formatOf(rows)
    : {
        kind: 'none',
        problem: problem || unread(`${[files].flat().join(', ')}: there is no row; check the path`),
      }
}

/** Elsewhere a place that has none of these refuses; what is wrong there is said when its rows are looked for. */
async function firstFile(files: Files, endings: RegExp, reach?: Reach) {
  try {
    for await (const file of openFiles(files, { reach, kind: { name: 'eval', endings } })) return file
  } catch (error) {
    if (!(error instanceof InputError)) throw error
  }
  return { problem: 'no file' }
}

/** Where only some rows are told, the format of those is that of all. */
function formatOf(rows: readonly PlainRow[]): Detected {
  const counts = formatNames.map(name => ({ name, rows: rows.filter(row => formats[name].is(row)).length }))
  const found = counts.filter(({ rows }) => rows > 0).sort((one, other) => other.rows - one.rows)
  const [first, second] = found
  const pool = rows.filter(isTask).length
  if (pool === rows.length) return { kind: 'tasks', rows: pool }
  if (!first) return { kind: 'unknown', fields: Object.keys(rows[0] ?? {}).slice(0, 30) }
  if (!second || first.rows > second.rows + rows.length / 2)
    return { kind: 'format', name: first.name, rows: first.rows, of: rows.length }
  return mixed(
    found.map(({ name }) => name),
    first.rows,
    rows.length,
  )
}

/** Replies without a call are in the same messages as those with one. */
function mixed(names: FormatName[], rows: number, of: number): Detected {
  const alike: FormatName[][] = [
    ['deepeyes_sft', 'openai_messages'],
    ['ms_swift', 'openai_messages'],
    ['anthropic_messages', 'openai_messages'],
    ['openai_responses', 'openai_messages'],
    ['open_search', 'share_gpt'],
    ['open_think', 'share_gpt'],
  ]
  const richer = alike.find(pair => pair.every(name => names.includes(name)) && names.length === 2)?.[0]
  return richer ? { kind: 'format', name: richer, rows, of } : { kind: 'several', names }
}

/** A prompt and what rewards an answer, and nobody has answered. */
const isTask = (row: PlainRow): boolean =>
  (('reward_model' in row && isObject(jsonIn(row.reward_model))) ||
    ('responses_create_params' in row && !isObject(row.response))) &&
  !messagesOf(row).some(({ role }) => role === 'assistant')

/** How files are read, and why, in a line. */
export interface ReadAs {
  format: FormatName
  words: string
}

/**
 * The format that is `named`, or that of what files hold. Throws InputError for a name that is none, where nothing
 * tells it, where several would do, and where the rows are tasks, in which nobody says anything.
 */
export async function readAs(files: Files, named?: string, reach?: Reach): Promise<ReadAs> {
  if (named !== undefined) return { format: formatNamed(named), words: `read as ${named}, as you say` }
  const detected = await detectFormat(files, reach)
  if (detected.kind === 'none') throw new InputError([detected.problem])
  if (detected.kind !== 'format') throw new InputError([`${[files].flat().join(', ')}: ${whyNot(detected)}`])
  const { name, rows, of } = detected
  return { format: name, words: `read as ${name}: so look ${rows} of the first ${of} rows` }
}

/** What is told of rollouts that are read in whichever format they are in. */
export const DetectingOptions = closed({
  /** The format, where it is not to be told by the first rows. */
  format: Type.Optional(Type.Enum(formatNames)),
  ...RolloutOptions.properties,
})
export type DetectingOptions = Static<typeof DetectingOptions>

/**
 * The source of rollouts in files of any format, here or on the Hub (`hf://datasets/…`): the first rows tell which, as
 * for `kindling audit`. Rejects with OptionsError, and with InputError as `readAs` does.
 */
export async function rolloutsIn(files: Files, given: DetectingOptions = {}): Promise<RolloutSource> {
  readOptions('rolloutsIn', closed({ files: Files }), { files })
  const { format: named, ...options } = readOptions('rolloutsIn', DetectingOptions, given)
  const { format } = await readAs(files, named, reachWith({ pins: passingPins() }))
  return formats[format].make(files, options)
}

function formatNamed(given: string): FormatName {
  const format = formatNames.find(name => name === given)
  if (format) return format
  throw new InputError([`--format ${given}: there is no such format; give one of ${formatNames.join(', ')}`])
}

function whyNot(detected: Exclude<Detected, { kind: 'format' | 'none' }>): string {
  switch (detected.kind) {
    case 'tasks':
      return (
        'its rows are tasks, a prompt and what it is judged by, in which no model says anything: there is nothing to ' +
        'audit; a config takes them by `tasks: parquet(…)` or `tasks: jsonl(…)`'
      )
    case 'several':
      return `its rows could be ${detected.names.join(' or ')}; say which by --format`
    case 'unknown':
      return `no format that is known has the columns ${detected.fields.join(', ')}; name one by --format (${formatNames.join(', ')})`
  }
}
