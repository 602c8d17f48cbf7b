import type { Listener, Progress, Stage } from '../pipeline/progress.ts'
import { dollars } from '../pipeline/spend/purse.ts'
import { harmless } from './show.ts'

const words: Record<Stage, string> = {
  intake: 'reading tasks',
  screen: 'screening',
  synthesize: 'solving',
  verify: 'checking',
  curate: 'deciding',
  export: 'writing',
}

/**
 * Shows progress on stderr: one line that is redrawn on a terminal, otherwise a plain line for each stage and each
 * tenth of it, or a JSON line for each with `json`.
 */
export function display({
  json,
  stream = process.stderr,
}: {
  json: boolean
  stream?: NodeJS.WriteStream
}): Listener & { end(): void } {
  const started = performance.now()
  let open = false
  let tenth = -1

  const end = () => {
    if (open) stream.write('\n')
    open = false
  }

  function plain(progress: Progress) {
    if (progress.kind === 'warning') {
      stream.write(`warning: ${harmless(progress.message)}\n`)
      return
    }
    if (progress.kind === 'stage') {
      tenth = -1
      stream.write(`${words[progress.stage]}${progress.total === null ? '' : ` (${progress.total})`}\n`)
      return
    }
    if (progress.kind === 'waiting') {
      stream.write(`  ${waiting(progress)}\n`)
      return
    }
    const now = Math.floor((10 * progress.done) / progress.total)
    if (now > tenth) stream.write(`  ${sentence(progress)}\n`)
    tenth = now
  }

  function redraw(progress: Progress) {
    if (progress.kind === 'warning') {
      end()
      plain(progress)
      return
    }
    if (progress.kind === 'stage') {
      end()
      stream.write(`${words[progress.stage]}…`)
    } else if (progress.kind === 'waiting') stream.write(`\r\x1b[K${waiting(progress)}`)
    else stream.write(`\r\x1b[K${bar(progress, performance.now() - started)}`)
    open = true
  }

  const listen: Listener = progress => {
    if (json) stream.write(`${JSON.stringify(progress)}\n`)
    else if (stream.isTTY) redraw(progress)
    else plain(progress)
  }
  return Object.assign(listen, { end })
}

type Done = Extract<Progress, { kind: 'done' }>

const waiting = ({ rollouts }: { rollouts: number }) => `waiting for a batch: ${rollouts} to go on`

const sentence = ({ stage, done, total, already, usd }: Done) =>
  `${words[stage]} ${done}/${total}${already > 0 ? `, ${already} already done` : ''}${usd ? `, ${dollars(usd)}` : ''}`

function bar(progress: Done, elapsedMs: number): string {
  const { done, total, already } = progress
  const full = Math.round((24 * done) / total)
  const left = done > already ? ((elapsedMs / (done - already)) * (total - done)) / 1000 : 0
  const eta = done < total && done > already ? `, about ${duration(left)} left` : ''
  return `${'█'.repeat(full)}${'░'.repeat(24 - full)} ${sentence(progress)}${eta}`
}

const duration = (seconds: number) =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
