import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { allCharts } from '../../charts/all.ts'
import type { Chart, Figure } from '../../charts/chart.ts'
import { StrangeLine, type TableLine, toldColumns, toldIn } from '../../charts/told.ts'
import type { LabelBook } from '../../labels/label.ts'
import { readLabels } from '../../labels/label-file.ts'
import { tablePath } from '../../output/tables/table.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { plainRow } from '../../rollouts/row.ts'
import { InputError } from '../../schemas/input-error.ts'
import { parquetRows } from '../../tasks/parquet.ts'
import { manifestAt, nameIn } from '../comparing/side.ts'
import { exportAt } from '../keeping/verify.ts'
import { labelsBeside } from '../labelling/table-rows.ts'

/** What charts show of an export. */
export interface Reported {
  /** The export's folder. */
  path: string
  /** Of the run that wrote it. */
  name: string | null
  figures: readonly (readonly [Chart, Figure])[]
}

/**
 * Read the tables of an export, or of that of a run, once and a rollout at a time. Throws ConfigError where it has no
 * tables, and InputError where one, or the labels, are damaged or of another export.
 */
export async function figuresOf(given: string | undefined, labelFile?: string): Promise<Reported> {
  const path = await exportAt(given)
  demandTables(path)
  const labels = labelsOf(path, labelFile)
  const counting = allCharts.map(chart => [chart, chart.count()] as const)
  for await (const told of toldAt(path, labels)) for (const [, each] of counting) each.add(told)
  return {
    path,
    name: nameIn(await manifestAt(join(path, 'manifest.json'))),
    figures: counting.map(([chart, each]) => [chart, each.figure()]),
  }
}

/** Those of the file that is named, or of the one beside the export, if there is one. */
function labelsOf(path: string, file: string | undefined): LabelBook | undefined {
  const beside = labelsBeside(path)
  return file === undefined && !existsSync(beside) ? undefined : readLabels(file ?? beside)
}

const names = ['rows', 'turns', 'calls'] as const

function demandTables(path: string): void {
  const missing = names.map(name => tablePath({ name })).filter(file => !existsSync(join(path, file)))
  if (missing.length === 0) return
  throw new ConfigError(
    `${path} has no ${missing.join(', ')}; give an export or a run that has one. An older kindling wrote no tables: ` +
      'write the export again by `kindling export <config>`',
  )
}

async function* toldAt(path: string, labels: LabelBook | undefined) {
  const [rows, turns, calls] = names.map(name => linesOf(path, name))
  if (!rows || !turns || !calls) return
  try {
    yield* toldIn({ rows, turns, calls }, key => labels?.rows.get(key)?.label ?? null)
  } catch (error) {
    if (!(error instanceof StrangeLine)) throw error
    throw new InputError([
      `${join(path, tablePath({ name: error.table }))} holds lines that are of none of the rows beside it, or in ` +
        'another order; write the export again',
    ])
  }
}

async function* linesOf(path: string, name: (typeof names)[number]): AsyncGenerator<TableLine> {
  const file = join(path, tablePath({ name }))
  for await (const each of parquetRows({ path: file, shown: file }, { ofThese: toldColumns[name] })) {
    if ('problem' in each) throw new InputError([`${each.place} ${each.problem}`])
    yield plainRow(each.row)
  }
}
