import { workForLeaders } from '../../pipeline/jobs/open-worker.ts'
import type { Listener } from '../../pipeline/progress.ts'
import { guarded } from '../guarded.ts'
import { jsonLine } from '../lines/json-line.ts'
import { loadConfig } from '../load.ts'
import { untilStopped } from '../on-run.ts'

interface WorkerCommandOptions {
  once?: boolean
  json?: boolean
}

/** Do a part of the work of whoever runs the config. */
export const worker = (path: string, { once = false, json = false }: WorkerCommandOptions) =>
  guarded(() =>
    untilStopped(async signal => {
      const listen = json ? asJson : inWords
      const config = await loadConfig(path, listen)
      const began = process.cpuUsage()
      await workForLeaders(config, {
        listen,
        signal,
        once,
        ended({ done, longestBlockMs }) {
          const { user, system } = process.cpuUsage(began)
          const cpuMs = Math.round((user + system) / 1000)
          if (json) console.log(jsonLine({ kind: 'worker', done, longestBlockMs, cpuMs }))
          else
            console.error(
              `${done} rollouts and rows done; the event loop stood still for ${longestBlockMs} ms at most`,
            )
        },
      })
    }),
  )

const inWords: Listener = progress => {
  if (progress.kind === 'note') console.error(progress.message)
  if (progress.kind === 'warning') console.error(`warning: ${progress.message}`)
}

const asJson: Listener = progress => {
  if (progress.kind === 'note' || progress.kind === 'warning') console.error(jsonLine(progress))
}
