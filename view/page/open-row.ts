import { PageProblem } from './folder.ts'
import type { Line, ParquetTable } from './parquet.ts'
import { numberFrom, type RowLine, textFrom } from './row-line.ts'

/** A row with everything that the export knows of it. */
export interface OpenRow {
  row: RowLine
  /** Its whole line of `tables/rows.parquet`. */
  line: Line
  /** As the teacher read it, with `<image>` for each picture where the whole row is there. */
  question: string
  /** Null where no shard has it. */
  system: string | null
  turns: readonly OpenTurn[]
  facts: readonly Line[]
  pictures: readonly OpenPicture[]
  /** Where it came from, as JSON; null where no shard has it. */
  provenance: string | null
  /** Why its shard could not be read; null where it was. */
  problem: string | null
}

export interface OpenTurn {
  /** From 1. */
  turn: number
  text: string
  calls: readonly OpenCall[]
  /** What was said to the teacher where it called nothing; null where nothing was. */
  reminder: string | null
  /** Its line of `tables/turns.parquet`. */
  line: Line
}

export interface OpenCall {
  name: string
  /** As the teacher wrote them: JSON, or what should be. */
  arguments: string
  /** What the teacher saw, with `<image>` for each picture. Null where nothing came back. */
  output: string | null
  /** Its line of `tables/calls.parquet`. */
  line: Line
}

export interface OpenPicture {
  /** Its place in the row's `images`, from 0. */
  n: number
  role: string
  turn: number | null
  call: number | null
  width: number | null
  height: number | null
  /** Null where no shard has them. */
  bytes: Uint8Array<ArrayBuffer> | null
}

/** Where the parts of one row are read. */
export interface RowParts {
  /** Of its line what the list does not have. */
  more(): Promise<Line>
  /** Its lines of a table, without some columns. */
  lines(table: string, without: readonly string[]): Promise<Line[]>
  shard(): Promise<ParquetTable | undefined>
}

/** Columns that an export's shard has beside its messages. */
const ofShard = ['key', 'trajectory', 'images', 'facts', 'provenance']

/** What is large and not shown, or is in the shard, too. */
const unread = ['key', 'call_id', 'sha256']
const inShard = [...unread, 'text', 'arguments', 'output', 'code']

export async function openRow(row: RowLine, parts: RowParts): Promise<OpenRow> {
  const [more, { shard, problem }] = await Promise.all([parts.more(), shardLine(row, parts)])
  const without = shard ? inShard : unread
  const [turns, calls, images, facts] = await Promise.all([
    parts.lines('turns', without),
    parts.lines('calls', without),
    parts.lines('images', without),
    shard ? factsIn(textFrom(shard.facts)) : parts.lines('facts', without),
  ])
  const messages = shard && messagesOf(shard.trajectory)
  const said = messages ? saidIn(messages) : saidBy(turns, calls)
  const first = (role: string) => messages?.find(message => message.role === role)?.content
  return {
    row,
    line: { ...row, ...more },
    facts,
    system: first('system') ?? null,
    question: first('user') ?? row.question,
    turns: said.map((each, index) => withLines(each, index + 1, turns, calls)),
    pictures: picturesOf(images, shard?.images),
    provenance: textFrom(shard?.provenance),
    problem,
  }
}

interface ShardLine {
  shard?: Line
  problem: string | null
}

/** Without it, tables still tell what was said. */
async function shardLine(row: RowLine, parts: RowParts): Promise<ShardLine> {
  try {
    const file = await parts.shard()
    if (!file || row.shard_row === null) return { problem: null }
    const [line] = await file.read(row.shard_row, row.shard_row + 1, ofShard)
    return line?.key === row.key ? { shard: line, problem: null } : { problem: elsewhere }
  } catch (error) {
    if (error instanceof PageProblem) return { problem: error.message }
    throw error
  }
}

const elsewhere = 'Its shard holds another row there: the tables and the shards are of different exports.'

/** Facts as shards have them: JSON. */
function factsIn(json: string | null): Line[] {
  const facts = parsed(json)
  return (Array.isArray(facts) ? facts : []).map(fact => ({
    ...fact,
    could_not_tell: fact?.couldNotTell === true,
    data: fact?.data ? JSON.stringify(fact.data) : null,
  }))
}

interface Message {
  role: string
  content: string
  calls: readonly SaidCall[]
}

type SaidCall = Pick<OpenCall, 'name' | 'arguments'>
type Said = Pick<OpenTurn, 'text' | 'reminder'> & { calls: readonly Omit<OpenCall, 'line'>[] }

const messagesOf = (value: unknown): Message[] =>
  (Array.isArray(value) ? value : []).map(message => ({
    role: textFrom(message?.role) ?? '',
    content: textFrom(message?.content) ?? '',
    calls: callsIn(textFrom(message?.tool_calls)),
  }))

/** The calls of a message, as chat APIs write them. */
function callsIn(json: string | null): SaidCall[] {
  const calls = parsed(json)
  return (Array.isArray(calls) ? calls : []).map(call => ({
    name: textFrom(call?.function?.name) ?? '',
    arguments: textFrom(call?.function?.arguments) ?? '',
  }))
}

export function parsed(json: string | null) {
  try {
    return json === null ? undefined : JSON.parse(json)
  } catch {
    return undefined
  }
}

/** Each reply with what followed it: results of its calls in their order, or what it was told without any. */
function saidIn(messages: readonly Message[]): Said[] {
  const starts = messages.flatMap(({ role }, index) => (role === 'assistant' ? [index] : []))
  return starts.map((start, index) => {
    const after = messages.slice(start + 1, starts[index + 1])
    const outputs = after.filter(({ role }) => role === 'tool')
    const { content, calls } = messages[start] ?? { content: '', calls: [] }
    return {
      text: content,
      calls: calls.map((call, at) => ({ ...call, output: outputs[at]?.content ?? null })),
      reminder: after.find(({ role }) => role === 'user')?.content ?? null,
    }
  })
}

/** The same from the tables alone. */
const saidBy = (turns: readonly Line[], calls: readonly Line[]): Said[] =>
  turns.map(({ turn, text }) => ({
    text: textFrom(text) ?? '',
    calls: calls
      .filter(call => call.turn === turn)
      .map(call => ({
        name: textFrom(call.tool) ?? '',
        arguments: textFrom(call.arguments) ?? '',
        output: textFrom(call.output),
      })),
    reminder: null,
  }))

function withLines(said: Said, turn: number, turns: readonly Line[], calls: readonly Line[]): OpenTurn {
  const own = calls.filter(line => numberFrom(line.turn) === turn)
  return {
    ...said,
    turn,
    line: turns.find(line => numberFrom(line.turn) === turn) ?? {},
    calls: said.calls.map((call, index) => ({
      ...call,
      line: own.find(line => numberFrom(line.call) === index + 1) ?? {},
    })),
  }
}

/** The table knows what a picture is, and the shard has its bytes. */
function picturesOf(lines: readonly Line[], column: unknown): OpenPicture[] {
  const held: readonly { bytes?: unknown }[] = Array.isArray(column) ? column : []
  return Array.from({ length: Math.max(lines.length, held.length) }, (_, n) => {
    const line = lines.find(each => numberFrom(each.n) === n)
    const bytes = held[n]?.bytes
    return {
      n,
      role: textFrom(line?.role) ?? '',
      turn: numberFrom(line?.turn),
      call: numberFrom(line?.call),
      width: numberFrom(line?.width),
      height: numberFrom(line?.height),
      // Read from the network or a file, so never from shared memory.
      bytes: bytes instanceof Uint8Array ? (bytes as Uint8Array<ArrayBuffer>) : null,
    }
  })
}
