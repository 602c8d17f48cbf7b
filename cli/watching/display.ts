import type { Listener, Progress, StageName } from '../../pipeline/progress.ts'
import { dollars } from '../../pipeline/spend/purse.ts'
import { harmless } from '../show.ts'

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
  const isShown = pacer()
  const write = (text: string) => void stream.write(text)
  const line = redrawn(write)
  const plainly = plain(write)
  const listen: Listener = progress => {
    if (progress.kind === 'call' || progress.kind === 'called' || progress.kind === 'again') return
    if (!isShown(progress)) return
    if (json) write(`${JSON.stringify(progress)}\n`)
    else if (stream.isTTY) line.show(progress)
    else plainly(progress)
  }
  return Object.assign(listen, { end: line.end })
}

type Write = (text: string) => void

type Shown = Exclude<Progress, { kind: 'call' | 'called' | 'again' }>

/** A line for each stage and each tenth of it. */
function plain(write: Write): (progress: Shown) => void {
  let began = performance.now()
  let step = -1

  /** Tenths of a stage, or how often it is time for a line. */
  const stepOf = ({ done, total }: Done) =>
    total === null ? Math.floor((performance.now() - began) / pace.plain) : Math.floor((10 * done) / total)

  return progress => {
    if (progress.kind === 'warning') write(warning(progress))
    else if (progress.kind === 'waiting') write(`  ${waiting(progress)}\n`)
    else if (progress.kind === 'stage') {
      step = progress.total === null ? 0 : -1
      began = performance.now()
      write(`${words[progress.stage]}${progress.total === null ? '' : ` (${progress.total})`}\n`)
    } else {
      const now = stepOf(progress)
      if (now > step) write(`  ${sentence(progress)}\n`)
      step = now
    }
  }
}

/** One line on a terminal, until it ends. */
function redrawn(write: Write): { show(progress: Shown): void; end(): void } {
  const started = performance.now()
  let open = false

  function end() {
    if (open) write('\n')
    open = false
  }

  function show(progress: Shown) {
    if (progress.kind === 'warning' || progress.kind === 'stage') end()
    if (progress.kind === 'warning') return write(warning(progress))
    open = true
    if (progress.kind === 'stage') write(`${words[progress.stage]}…`)
    else if (progress.kind === 'waiting') write(`\r\x1b[K${waiting(progress)}`)
    else write(`\r\x1b[K${bar(progress, performance.now() - started)}`)
  }

  return { show, end }
}

/** Lets through one at the beginning of a stage, one at its end, and between them as many as can be followed. */
function pacer(): (progress: Progress) => boolean {
  let shown = Number.NEGATIVE_INFINITY
  return progress => {
    const isQuick = progress.kind === 'done' && quick.has(progress.stage)
    const tooSoon = performance.now() - shown < pace.shown
    if (isQuick && tooSoon && progress.done !== progress.total) return false
    shown = isQuick ? performance.now() : Number.NEGATIVE_INFINITY
    return true
  }
}

type Done = Extract<Progress, { kind: 'done' }>

const warning = ({ message }: { message: string }) => `warning: ${harmless(message)}\n`

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
