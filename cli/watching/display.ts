import { type Clock, realClock } from '../../pipeline/ask/clock.ts'
import type { Listener, Progress, StageName } from '../../pipeline/progress.ts'
import { jsonLine } from '../lines/json-line.ts'
import { harmless } from '../show.ts'
import type { Tally } from './tally.ts'
import { progressLine, stageWords } from './words.ts'

/** Rows go by too fast in these to show each. */
const quick: ReadonlySet<StageName> = new Set(['intake', 'curate', 'export'])

/**
 * Milliseconds: between two rows that are shown, between two plain lines where nobody knows how many there are, after
 * which a plain line says that all is well, between two drawings of a line, and until a reason is repeated.
 */
const pace = { shown: 100, plain: 10_000, quiet: 30_000, drawn: 1000, repeated: 30_000 }

interface Options {
  json: boolean
  tally: Tally
  clock?: Clock
  stream?: NodeJS.WriteStream
}

/** What is shown of what happens; `wait` milliseconds later, `tick` may say what goes on. */
interface View {
  show(progress: Shown): void
  wait(): number
  tick(): void
  pause(): void
}

type Shown = Exclude<Progress, { kind: (typeof counted)[number] }>

/** What is counted and not said. */
const counted = ['call', 'called', 'workers'] as const
const isSaid = (progress: Progress): progress is Shown => !counted.some(kind => kind === progress.kind)
type Write = (text: string) => void

export interface Display extends Listener, Disposable {
  /** Somebody else writes from now on, until something happens again. */
  pause(): void
}

/**
 * Shows progress on stderr: one line that is redrawn on a terminal, otherwise a plain line for each stage and each
 * tenth of it, or a JSON line for each with `json`. It is never silent for long.
 */
export function display({ json, tally, clock = realClock, stream = process.stderr }: Options): Display {
  const write: Write = text => void stream.write(text)
  const view = json
    ? asJson(write, tally)
    : stream.isTTY
      ? redrawn(write, tally, () => stream.columns)
      : plain(write, tally, clock)
  const isShown = pacer(clock)
  const over = new AbortController()
  void ticking(view, clock, over.signal)
  const listen: Listener = progress => {
    tally.hear(progress)
    if (isSaid(progress) && isShown(progress)) view.show(progress)
  }
  return Object.assign(listen, {
    pause: view.pause,
    [Symbol.dispose]() {
      over.abort()
      view.pause()
    },
  })
}

async function ticking(view: View, clock: Clock, over: AbortSignal) {
  for (;;) {
    await clock.sleep(view.wait(), over).catch(() => {})
    if (over.aborted) return
    view.tick()
  }
}

function asJson(write: Write, tally: Tally): View {
  const line = (value: object) => write(`${jsonLine(value)}\n`)
  return {
    show: line,
    wait: () => pace.quiet,
    tick: () => line({ kind: 'now', ...tally.now() }),
    pause() {},
  }
}

/** A line for each stage and each tenth of it, and one where there was none for a while. */
function plain(write: Write, tally: Tally, clock: Clock): View {
  let began = clock.now()
  let spoke = began
  let step = -1

  function line(text: string) {
    spoke = clock.now()
    write(`${text}\n`)
  }

  /** Tenths of a stage, or how often it is time for a line. */
  const stepOf = ({ done, total }: Done) =>
    total === null ? Math.floor((clock.now() - began) / pace.plain) : Math.floor((10 * done) / total)

  return {
    show(progress) {
      if (progress.kind === 'stage') {
        step = progress.total === null ? 0 : -1
        began = clock.now()
        line(`${stageWords[progress.stage]}${progress.total === null ? '' : ` (${progress.total})`}`)
      } else if (progress.kind === 'done') {
        const now = stepOf(progress)
        if (now > step) line(`  ${progressLine(tally.now())}`)
        step = now
      } else line(aside(progress))
    },
    wait: () => spoke + pace.quiet - clock.now(),
    tick() {
      if (clock.now() - spoke >= pace.quiet) line(`  ${progressLine(tally.now())}`)
    },
    pause() {},
  }
}

/** One line on a terminal, until it ends. */
function redrawn(write: Write, tally: Tally, columns: () => number): View {
  let open = false
  let paused = false

  function end() {
    if (open) write('\n')
    open = false
  }

  function draw() {
    open = true
    paused = false
    const text = bar(tally)
    // A line that is broken by the terminal could not be redrawn.
    write(`\r\x1b[K${text.slice(0, Math.max(20, (columns() || 80) - 1))}`)
  }

  return {
    show(progress) {
      if (progress.kind === 'done' || progress.kind === 'waiting') return draw()
      end()
      if (progress.kind !== 'stage') return write(`${aside(progress)}\n`)
      draw()
    },
    wait: () => pace.drawn,
    tick() {
      if (!paused) draw()
    },
    pause() {
      end()
      paused = true
    },
  }
}

function bar(tally: Tally): string {
  const now = tally.now()
  if (now.total === null) return progressLine(now)
  const full = Math.round((24 * now.done) / Math.max(1, now.total))
  return `${'█'.repeat(full)}${'░'.repeat(24 - full)} ${progressLine(now)}`
}

/**
 * Lets through one row at the beginning of a stage, one at its end, and between them as many as can be followed; and
 * why something is asked again once in a while, because many calls fail alike.
 */
function pacer(clock: Clock): (progress: Shown) => boolean {
  let shown = Number.NEGATIVE_INFINITY
  const told = new Map<string, number>()

  function isNews(why: string): boolean {
    const kind = why.replace(/\d+/g, '#')
    const isNew = clock.now() - (told.get(kind) ?? Number.NEGATIVE_INFINITY) >= pace.repeated
    if (isNew) told.set(kind, clock.now())
    return isNew
  }

  return progress => {
    if (progress.kind === 'again') return isNews(progress.why)
    const isQuick = progress.kind === 'done' && quick.has(progress.stage)
    const tooSoon = clock.now() - shown < pace.shown
    if (isQuick && tooSoon && progress.done !== progress.total) return false
    shown = isQuick ? clock.now() : Number.NEGATIVE_INFINITY
    return true
  }
}

type Done = Extract<Progress, { kind: 'done' }>

/** What is said beside the progress. */
function aside(progress: Exclude<Shown, { kind: 'stage' | 'done' }>): string {
  if ('message' in progress) return `${progress.kind}: ${harmless(progress.message)}`
  if (progress.kind === 'waiting') return `  waiting for a batch: ${progress.rollouts} to go on`
  if (progress.kind === 'fetching') return `  fetching ${oneLine(progress.what)}: ${fetched(progress)}`
  const { why, number, most } = progress
  return `  asking again (try ${number} of ${most}): ${oneLine(why)}`
}

const fetched = ({ bytes, whole }: Extract<Progress, { kind: 'fetching' }>): string => {
  const megabytes = (count: number) => Math.round(count / 1e6)
  return `${megabytes(bytes)}${whole === null ? '' : ` of ${megabytes(whole)}`} MB`
}

const longest = 200

function oneLine(text: string): string {
  const line = harmless(text).replace(/\s+/g, ' ')
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}
