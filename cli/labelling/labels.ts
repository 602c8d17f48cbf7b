import { existsSync } from 'node:fs'
import type { LabelBook } from '../../labels/label.ts'
import { readLabels } from '../../labels/label-file.ts'
import { queueOf } from '../../labels/queue.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { guarded } from '../guarded.ts'
import { resultLine } from '../scheduled/head.ts'
import { harmless } from '../show.ts'
import { convertedInto, labelToolFile } from './converting.ts'
import { labelsFound } from './found.ts'
import { labelledRows } from './labelled-rows.ts'
import { deskAt, labelsBeside } from './table-rows.ts'
import { printFound, printQueue } from './text.ts'

interface LabelsOptions {
  file?: string
  rows?: boolean
  queue?: string
  by?: string
  error?: string
  to?: string
  out?: string
  json?: boolean
}

export const labelling = (given: string | undefined, options: LabelsOptions) =>
  guarded(async () => {
    const { rows: keys = false, json = false, by, to, out } = options
    const error = errorIn(options.error ?? '0.05')
    const most = options.queue === undefined ? undefined : countIn(options.queue)
    const toolFile = labelToolFile(to, out)
    const desk = await deskAt(given)
    const book = bookOf(options.file, labelsBeside(desk.folder), most !== undefined)
    const tell = <Result extends object>(result: Result, print: (result: Result) => string) =>
      console.log(json ? resultLine(result) : print(result))
    if (toolFile) {
      const rows = await labelledRows(desk.folder, book)
      const files = await convertedInto(toolFile, rows)
      tell({ files, rows: rows.length }, () => harmless(`${files.join(', ')}: ${rows.length} labelled rows`))
    } else if (most !== undefined) {
      const queue = queueOf(desk.rows, book.rows, { by, error }).slice(0, most)
      tell({ queue }, () => printQueue(queue))
    } else tell(labelsFound(book, desk, { error, keys }), printFound)
  })

/** A queue needs no labels yet: then there is no file beside the export, unless one was named. */
function bookOf(named: string | undefined, usual: string, mayLack: boolean): LabelBook {
  if (named !== undefined || !mayLack || existsSync(usual)) return readLabels(named ?? usual)
  return { file: usual, sha256: '', labels: [], rows: new Map() }
}

function errorIn(text: string): number {
  const error = Number(text)
  if (error > 0 && error < 0.5) return error
  throw new ConfigError(`--error ${text}: give a share above 0 and below 0.5, such as 0.05 for ±5 %`)
}

function countIn(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new ConfigError(`--queue ${text}: give how many rows, such as 20`)
}
