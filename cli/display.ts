import type { Listener, Progress, StageName } from '../pipeline/progress.ts'
import { dollars } from '../pipeline/spend/purse.ts'
import { harmless } from './show.ts'

const words: Record<StageName, string> = {
  intake: 'reading tasks',
  screen: 'screening',
  synthesize: 'solving',
  verify: 'checking',
  curate: 'deciding',
  export: 'writing',
}

/** Rows go by too fast in these to show each. */
const quick: ReadonlySet<StageName> = new Set(['intake', 'curate', 'export'])
/** Milliseconds between two that are shown, and between two plain lines where nobody knows how many there are. */
const pace = { shown: 100, plain: 10_000 }

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
  let began = started
  let step = -1
  let shown = Number.NEGATIVE_INFINITY

  const end = () => {
    if (open) stream.write('\n')
    open = false
  }

  /** Tenths of a stage, or how often it is time for a line. */
  const stepOf = ({ done, total }: Done) =>
    total === null ? Math.floor((performance.now() - began) / pace.plain) : Math.floor((10 * done) / total)

  function plain(progress: Progress) {
    if (progress.kind === 'warning') {
      stream.write(`warning: ${harmless(progress.message)}\n`)
      return
    }
    if (progress.kind === 'stage') {
      step = progress.total === null ? 0 : -1
      began = performance.now()
      stream.write(`${words[progress.stage]}${progress.total === null ? '' : ` (${progress.total})`}\n`)
      return
    }
    if (progress.kind === 'waiting') {
      stream.write(`  ${waiting(progress)}\n`)
      return
    }
    const now = stepOf(progress)
    if (now > step) stream.write(`  ${sentence(progress)}\n`)
    step = now
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

  /** One at the beginning of a stage, one at its end, and between them as many as can be followed. */
  function isShown(progress: Progress): boolean {
    if (progress.kind !== 'done' || !quick.has(progress.stage)) {
      shown = Number.NEGATIVE_INFINITY
      return true
    }
    if (performance.now() - shown < pace.shown && progress.done !== progress.total) return false
    shown = performance.now()
    return true
  }

  const listen: Listener = progress => {
    if (!isShown(progress)) return
    if (json) stream.write(`${JSON.stringify(progress)}\n`)
    else if (stream.isTTY) redraw(progress)
    else plain(progress)
  }
  return Object.assign(listen, { end })
}

type Done = Extract<Progress, { kind: 'done' }>

const waiting = ({ rollouts }: { rollouts: number }) => `waiting for a batch: ${rollouts} to go on`

const sentence = ({ stage, done, total, already, failed, usd }: Done) =>
  [
    `${words[stage]} ${done}${total === null ? '' : `/${total}`}`,
    ...(already > 0 ? [`${already} already done`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(usd ? [dollars(usd)] : []),
  ].join(', ')

function bar(progress: Done, elapsedMs: number): string {
  const { done, total, already } = progress
  if (total === null) return sentence(progress)
  const full = Math.round((24 * done) / total)
  const left = done > already ? ((elapsedMs / (done - already)) * (total - done)) / 1000 : 0
  const eta = done < total && done > already ? `, about ${duration(left)} left` : ''
  return `${'█'.repeat(full)}${'░'.repeat(24 - full)} ${sentence(progress)}${eta}`
}

const duration = (seconds: number) =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
