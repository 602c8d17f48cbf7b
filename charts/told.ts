/** What tables tell of a rollout, as far as charts ask; null where they do not say it. */
export interface ToldRollout {
  row: ToldRow
  turns: readonly ToldTurn[]
  calls: readonly ToldCall[]
  /** What people say of it. */
  label: string | null
}

interface ToldRow {
  key: string
  teacher: string | null
  category: string | null
  kept: boolean
  stage: string | null
  reason: string | null
  licence: string | null
  turns: number | null
  checksFailed: readonly string[]
  /** In USD. */
  cost: number | null
  tries: number | null
  solved: number | null
}

interface ToldTurn {
  input: number | null
  output: number | null
}

interface ToldCall {
  tool: string | null
  mistake: string | null
}

/** A line of a table as it was read. */
export type TableLine = Readonly<Record<string, unknown>>

/** Which columns of which tables are asked for. */
export const toldColumns = {
  rows: [
    ...['key', 'teacher', 'category', 'kept', 'stage', 'reason', 'licence', 'turns', 'checks_failed'],
    ...['cost_usd', 'task_tries', 'task_solved'],
  ],
  turns: ['key', 'input_tokens', 'output_tokens'],
  calls: ['key', 'tool', 'mistake'],
}

type TableName = keyof typeof toldColumns

/** Tables do not belong together: of the one named, a line is of no row, or not in the order of rows. */
export class StrangeLine extends Error {
  readonly table: TableName

  constructor(table: TableName) {
    super(`a line of ${table} is of no row, or not in the order of rows`)
    this.table = table
  }
}

/**
 * Rollouts one at a time, each with its replies and calls. Tables are written in one pass and so in one order, so only
 * one rollout is held. Throws StrangeLine where that is not so.
 */
export async function* toldIn(
  tables: Readonly<Record<TableName, AsyncIterable<TableLine>>>,
  labelOf: (key: string) => string | null = () => null,
): AsyncGenerator<ToldRollout> {
  await using turns = lineTaker('turns', tables.turns)
  await using calls = lineTaker('calls', tables.calls)
  for await (const line of tables.rows) {
    const row = rowOf(line)
    yield {
      row,
      turns: (await turns.of(row.key)).map(turnOf),
      calls: (await calls.of(row.key)).map(callOf),
      label: labelOf(row.key),
    }
  }
  await turns.end()
  await calls.end()
}

/** Takes from a table the lines of one row after the other. */
function lineTaker(table: TableName, lines: AsyncIterable<TableLine>) {
  const iterator = lines[Symbol.asyncIterator]()
  let next: Promise<IteratorResult<TableLine, unknown>> | undefined
  const peek = () => {
    next ??= iterator.next()
    return next
  }
  return {
    async of(key: string): Promise<TableLine[]> {
      const own: TableLine[] = []
      for (let found = await peek(); !found.done && found.value.key === key; found = await peek()) {
        own.push(found.value)
        next = undefined
      }
      return own
    },
    async end() {
      if (!(await peek()).done) throw new StrangeLine(table)
    },
    async [Symbol.asyncDispose]() {
      await iterator.return?.()
    },
  }
}

const rowOf = (line: TableLine): ToldRow => ({
  key: textIn(line.key) ?? '',
  teacher: textIn(line.teacher),
  category: textIn(line.category),
  kept: line.kept === true,
  stage: textIn(line.stage),
  reason: textIn(line.reason),
  licence: textIn(line.licence),
  turns: numberIn(line.turns),
  checksFailed: Array.isArray(line.checks_failed)
    ? line.checks_failed.flatMap(each => textIn(each) ?? [])
    : [],
  cost: numberIn(line.cost_usd),
  tries: numberIn(line.task_tries),
  solved: numberIn(line.task_solved),
})

const turnOf = (line: TableLine): ToldTurn => ({
  input: numberIn(line.input_tokens),
  output: numberIn(line.output_tokens),
})

const callOf = (line: TableLine): ToldCall => ({ tool: textIn(line.tool), mistake: textIn(line.mistake) })

const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** None is below nought. */
const numberIn = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
