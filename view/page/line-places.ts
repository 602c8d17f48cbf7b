/** Tables that have as many lines of a row as the row says, rows in the order of `tables/rows.parquet`. */
const counted = ['turns', 'calls', 'images'] as const
type Counted = (typeof counted)[number]

/** What a row says of how many lines it has; `at` is its number in the file, from 0. */
type CountedRow = { at: number } & Record<Counted, number | null>

/** Where the lines of rows lie in other tables: from one, up to another that is not among them. */
export interface LinePlaces {
  of(table: string, row: { at: number }): readonly [start: number, end: number] | undefined
}

/** Counts the lines of rows as the rows are read, so that those of one row need not be looked for. */
export function countPlaces(rows: number) {
  const starts: Record<Counted, Int32Array> = {
    turns: new Int32Array(rows + 1),
    calls: new Int32Array(rows + 1),
    images: new Int32Array(rows + 1),
  }
  return {
    add(row: CountedRow): void {
      for (const name of counted) starts[name][row.at + 1] = (starts[name][row.at] ?? 0) + (row[name] ?? 0)
    },
    /**
     * The places, when every row was added. A table of another length than the rows say is of another export, or counts
     * otherwise: nothing is known of it.
     */
    async whole(lengthOf: (table: string) => Promise<number | undefined>): Promise<LinePlaces> {
      const lengths = await Promise.all(counted.map(lengthOf))
      const known = counted.filter((name, index) => starts[name][rows] === lengths[index])
      return {
        of(table, { at }) {
          const name = known.find(each => each === table)
          return name && [starts[name][at] ?? 0, starts[name][at + 1] ?? 0]
        },
      }
    },
  }
}
