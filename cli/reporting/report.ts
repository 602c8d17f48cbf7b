import { writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Comparison } from '../../pipeline/compare/comparison.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { openSide } from '../comparing/sides.ts'
import { compareSides } from '../diff.ts'
import { guarded } from '../guarded.ts'
import { resultLine } from '../scheduled/head.ts'
import { harmless } from '../show.ts'
import { figuresOf, type Reported } from './figures.ts'
import { reportMarkdown } from './markdown.ts'
import { reportPage } from './page.ts'

interface ReportOptions {
  out?: string
  /** Path of a `labels.jsonl`; by default the one beside the export. */
  labels?: string
  json?: boolean
}

/** Write the charts of one export, or of two with what differs between them. */
export const reporting = (before: string | undefined, after: string | undefined, options: ReportOptions) =>
  guarded(async () => {
    const { labels, json = false, out = json ? undefined : 'report.html' } = options
    const write = out === undefined ? undefined : writerFor(out)
    const reports = [await figuresOf(before, labels)]
    if (after !== undefined) reports.push(await figuresOf(after, labels))
    const comparison = before === undefined || after === undefined ? null : await compared(before, after)
    if (out !== undefined && write) await writeFile(out, write(reports, comparison))
    const charts = reports.map(({ path, name, figures }) => ({
      ...{ path, name },
      charts: Object.fromEntries(
        figures.map(([chart, { lines, nothing }]) => [chart.name, { lines, nothing }]),
      ),
    }))
    const shown = reports.map(({ path }) => path).join(' and ')
    if (json) console.log(resultLine({ version: 1, out: out ?? null, reports: charts, comparison }))
    else console.log(harmless(`${out}: ${reports[0]?.figures.length ?? 0} charts of ${shown}`))
  })

type Write = (reports: readonly Reported[], comparison: Comparison | null) => string

const writers: Record<string, Write> = { '.html': reportPage, '.md': reportMarkdown }

function writerFor(out: string): Write {
  const write = writers[extname(out).toLowerCase()]
  if (write) return write
  throw new ConfigError(`--out ${out}: a report is a page or Markdown; give a name that ends in .html or .md`)
}

async function compared(before: string, after: string): Promise<Comparison> {
  await using old = await openSide(before)
  await using now = await openSide(after)
  return compareSides(old, now, {})
}
