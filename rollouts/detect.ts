import { dirname, extname, join } from 'node:path'
import Type, { type Static } from 'typebox'
import { InputError } from '../schemas/input-error.ts'
import { isObject } from '../schemas/json.ts'
import { closed, readOptions } from '../schemas/options.ts'
import { Files, listed, openFiles, type TaskFile } from '../tasks/files.ts'
import { passingPins } from '../tasks/remote/pins.ts'
import { isRemote } from '../tasks/remote/places.ts'
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
import { fieldsIn, itemsIn, type PlainRow, plainRow, textAs } from './row.ts'
import { rowFiles, rowsOfFile } from './row-rollouts.ts'
import {
  conversation,
  isOpenSearch,
  isOpenThink,
  isTask,
  roles,
  usesAnthropic,
  usesCodeTag,
  usesItems,
  usesSwift,
  usesTags,
  usesTemplate,
} from './row-signs.ts'
import { isSessionLine } from './session-chat.ts'
import type { RolloutSource } from './source.ts'

/** How a row of a format is known. */
interface Known {
  is(row: PlainRow): boolean
  make(files: Files, options: RolloutOptions): RolloutSource
}

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
  // A log in JSON; those that end in .eval hold no rows.
  inspect_log: { is: row => isObject(row.eval) && Array.isArray(row.samples), make: inspectLog },
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
  /** Each file is in one, and not all in the same. */
  | { kind: 'mixed'; parts: { name: FormatName; files: string[] }[] }
  | { kind: 'unknown'; fields: string[] }
  | { kind: 'none'; problem: string }

/** Rows of a file that are looked at, and files of those that are called and lie alike. */
const [most, mostFiles] = [20, 8]

/** Those of rows, and Inspect's logs. */
const logs = /\.eval$/i
const readable = { ...rowFiles, endings: new RegExp(`${rowFiles.endings.source}|${logs.source}`, 'i') }

/**
 * Tells which format files are in, by their ends and their first rows. It never guesses: what none of the formats is
 * known by, or several are, is said. Elsewhere than on this disk, files are looked at until there are rows enough,
 * since each is fetched.
 */
export async function detectFormat(files: Files, reach?: Reach): Promise<Detected> {
  const seen: SeenFile[] = []
  const alike = new Map<string, number>()
  const isFar = listed(files).some(isRemote)
  let problem = ''
  for await (const file of openFiles(files, { reach, kind: readable })) {
    if ('problem' in file) problem ||= `${file.place}: ${file.problem}`
    else {
      const kind = `${dirname(file.path)} ${extname(file.path)}`
      const before = alike.get(kind) ?? 0
      alike.set(kind, before + 1)
      if (before >= mostFiles) continue
      const { rows, problem: unread } = await firstRows(file)
      problem ||= unread
      seen.push({ file: file.shown, rows, isLog: logs.test(file.path) })
    }
    if (isFar && seen.some(({ isLog }) => isLog)) break
    if (isFar && seen.reduce((sum, { rows }) => sum + rows.length, 0) >= most) break
  }
  const where = `${[files].flat().join(', ')}: there is no row; check the path`
  return formatOfFiles(seen) ?? { kind: 'none', problem: problem || unreadable(where) }
}

interface SeenFile {
  file: string
  rows: PlainRow[]
  isLog: boolean
}

const unreadable = (what: string) =>
  `${what} (what is read: Parquet, JSON, JSON Lines, and logs of Inspect as .eval)`

/** None of a log, which its end tells. */
async function firstRows(file: TaskFile): Promise<{ rows: PlainRow[]; problem: string }> {
  const rows: PlainRow[] = []
  let problem = ''
  if (!logs.test(file.path))
    for await (const entry of rowsOfFile(file)) {
      if ('problem' in entry) problem ||= unreadable(`${entry.place}: ${entry.problem}`)
      else if (rows.push(plainRow(entry.row)) >= most) break
    }
  return { rows, problem }
}

/** Files of one format together; those that tell none cost their rows. Undefined where there is no row. */
function formatOfFiles(seen: readonly SeenFile[]): Detected | undefined {
  const all = seen.flatMap(({ rows }) => rows)
  const told = seen.map(each => ({ ...each, detected: each.isLog ? log : formatOf(each.rows) }))
  const named = told.flatMap(({ file, detected }) =>
    detected?.kind === 'format' ? [{ file, name: detected.name }] : [],
  )
  const parts = [...Map.groupBy(named, ({ name }) => name)]
  const richer = richerOf(parts.map(([name]) => name))
  if (parts.length > 1 && !richer)
    return {
      kind: 'mixed',
      parts: parts.map(([name, each]) => ({ name, files: each.map(({ file }) => file) })),
    }
  const [[name] = []] = parts
  return name === 'inspect_log' ? log : formatOf(all)
}

/** A log whose samples are not looked at. */
const log: Detected = { kind: 'format', name: 'inspect_log', rows: 1, of: 1 }

/** Where only some rows are told, the format of those is that of all. */
function formatOf(rows: readonly PlainRow[]): Detected | undefined {
  const [row] = rows
  if (!row) return undefined
  const isTemplate = rows.some(usesTemplate) && !rows.some(usesCodeTag)
  const named = (name: FormatName) => (isTemplate && name === 'deepeyes_sft' ? 'openai_messages' : name)
  const told = rows.flatMap(row => formatNames.filter(name => formats[name].is(row)).map(named))
  const found = [...Map.groupBy(told, name => name)].map(([name, { length }]) => ({ name, rows: length }))
  const [first, second] = found.sort((one, other) => other.rows - one.rows)
  const [pool, of] = [rows.filter(isTask).length, rows.length]
  if (pool === of) return { kind: 'tasks', rows: pool }
  if (!first) return { kind: 'unknown', fields: Object.keys(row).slice(0, 30) }
  const names = found.map(({ name }) => name)
  const name = !second || first.rows > second.rows + of / 2 ? first.name : richerOf(names)
  return name ? { kind: 'format', name, rows: first.rows, of } : { kind: 'several', names }
}

/** Of two formats that of which replies without a call are in the other; undefined where they are no such two. */
function richerOf(names: readonly FormatName[]): FormatName | undefined {
  const alike: FormatName[][] = [
    ['deepeyes_sft', 'openai_messages'],
    ['ms_swift', 'openai_messages'],
    ['anthropic_messages', 'openai_messages'],
    ['openai_responses', 'openai_messages'],
    ['open_search', 'share_gpt'],
    ['open_think', 'share_gpt'],
  ]
  return alike.find(pair => pair.every(name => names.includes(name)) && names.length === 2)?.[0]
}

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
  if (detected.kind !== 'format') throw new InputError(whyNot([files].flat().join(', '), detected))
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

function whyNot(files: string, detected: Exclude<Detected, { kind: 'format' | 'none' }>): string[] {
  switch (detected.kind) {
    case 'tasks':
      return [
        `${files}: its rows are tasks, a prompt and what it is judged by, in which no model says anything: there is ` +
          'nothing to audit; a config takes them by `tasks: parquet(…)` or `tasks: jsonl(…)`',
      ]
    case 'several':
      return [`${files}: its rows could be ${detected.names.join(' or ')}; say which by --format`]
    case 'mixed':
      return [
        `${files}: its files are in ${detected.parts.length} formats; give those of one, as here:`,
        ...detected.parts.map(({ name, files }) => `${placeOf(files)}: ${name}`),
      ]
    case 'unknown':
      return [
        `${files}: no format that is known has the columns ${detected.fields.join(', ')}; name one by --format ` +
          `(${formatNames.join(', ')})`,
      ]
  }
}

/** One file by its path, several by their folder and end where these are the same. */
function placeOf(files: readonly string[]): string {
  const [first = '', ...others] = files
  if (others.length === 0) return first
  const pattern = (file: string) => join(dirname(file), `*${extname(file)}`)
  return others.every(file => pattern(file) === pattern(first))
    ? pattern(first)
    : `${first} and ${others.length} more`
}
