import { readFile, rename, writeFile } from 'node:fs/promises'
import { version } from '../../schemas/version.ts'
import { processTimes } from '../lines/json-line.ts'
import type { Dataset, Head } from './lines.ts'

/** What is known of a command that has ended; without counts where it failed. */
interface Ended extends Partial<Pick<Head, 'name' | 'slot' | 'usdNow'>>, Partial<Pick<Dataset, 'counts'>> {
  status: number
  /** USD of the run over all times; null or absent where that is not known. */
  usd?: number | null
}

/**
 * Write how a command ended as Prometheus text, for the textfile collector of node_exporter, which sees the old file or
 * the new one (https://github.com/prometheus/node_exporter#textfile-collector). A command that failed keeps the time of
 * the last success that stands there, and where its config could not be read the name of the run, too.
 */
export async function writeMetrics(file: string, ended: Ended): Promise<void> {
  const earlier = await readFile(file, 'utf8').catch(() => '')
  const draft = `${file}.${process.pid}`
  await writeFile(draft, metricsText(ended, earlier, Date.now() / 1000))
  await rename(draft, file)
}

type Labels = Record<string, string>

interface Metric {
  name: string
  type: 'gauge' | 'counter'
  help: string
  samples: [labels: Labels, value: number][]
}

/** `earlier` is the text that stands there, `now` in seconds since 1970. */
export function metricsText(ended: Ended, earlier: string, now: number): string {
  const run = ended.name ?? runIn(earlier)
  const success = ended.status === 0 ? now : successIn(earlier)
  return metricsOf(ended, now, success)
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, type, help, samples }) => [
      `# HELP kindling_run_${name} ${help}`,
      `# TYPE kindling_run_${name} ${type}`,
      ...samples.map(([labels, value]) => `kindling_run_${name}${labelled({ run, ...labels })} ${value}`),
    ])
    .map(line => `${line}\n`)
    .join('')
}

function metricsOf(ended: Ended, now: number, success: number | undefined): Metric[] {
  const { status, slot, counts, usd, usdNow } = ended
  const gauge = (name: string, help: string, ...samples: Metric['samples']): Metric => ({
    name,
    type: 'gauge',
    help,
    samples,
  })
  return [
    gauge('info', 'The slot of the run and the version of kindling.', [{ slot: slot ?? '', version }, 1]),
    gauge('status', 'Exit status of the last command, 0 where all was done.', [{}, status]),
    gauge('duration_seconds', 'How long the last command was at work.', [{}, processTimes().seconds]),
    gauge('completion_timestamp_seconds', 'When the last command ended.', [{}, now]),
    gauge('last_success_timestamp_seconds', 'When a command last ended with status 0.', ...one(success)),
    gauge('tasks', 'Tasks that have rows.', ...one(counts?.tasks)),
    gauge('rows', 'Rows by what was decided.', ...rowsOf(counts)),
    gauge('dropped_rows', 'Dropped rows by stage and reason.', ...dropsOf(counts)),
    gauge('last_cost_usd', 'What the last command cost.', ...one(usdNow)),
    {
      name: 'cost_usd_total',
      type: 'counter',
      help: 'What the run has cost over all times.',
      samples: one(usd),
    },
  ]
}

const one = (value: number | null | undefined): Metric['samples'] =>
  value === undefined || value === null ? [] : [[{}, Number(value.toPrecision(15))]]

function rowsOf(counts: Ended['counts']): Metric['samples'] {
  if (!counts) return []
  const { kept, trajectories } = counts
  return [
    [{ decision: 'kept' }, kept],
    [{ decision: 'dropped' }, trajectories - kept],
  ]
}

const dropsOf = (counts: Ended['counts']): Metric['samples'] =>
  Object.entries(counts?.dropped ?? {}).map(([name, count]) => {
    const [stage = '', ...reason] = name.split('/')
    return [{ stage, reason: reason.join('/') }, count]
  })

const labelled = (labels: Labels) =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`

/** As the text format wants it (https://prometheus.io/docs/instrumenting/exposition_formats/). */
const escaped = (text: string) => text.replace(/[\\"\n]/g, found => (found === '\n' ? '\\n' : `\\${found}`))

/** A run's name has no letter that is escaped. */
const runIn = (text: string) => /^kindling_run_status\{run="([^"]*)"/m.exec(text)?.[1] ?? ''

function successIn(text: string): number | undefined {
  const [, found] = /^kindling_run_last_success_timestamp_seconds\{[^}]*\} (\S+)$/m.exec(text) ?? []
  return found === undefined ? undefined : Number(found)
}
