import { isObject } from '../../schemas/json.ts'
import type { Listener } from '../progress.ts'

/** Who was asked for a verdict or for answers, how often, and how often none came. */
interface Silence {
  of: number
  silent: number
  cut: number
}

/** Watches for judges that give no verdict and students that give no answer, which looks like a strict measurement. */
export interface Silences {
  /** Note what a check or a screen of this name counted. */
  note(name: string, data: unknown): void
  /** One line for each that was silent most of the time. */
  tell(listen: Listener): void
}

export function silences(): Silences {
  const judges = new Map<string, Silence>()
  const students = new Map<string, Silence>()

  function note(name: string, data: unknown): void {
    if (Array.isArray(data)) for (const each of data) note(name, each)
    if (!isObject(data)) return
    if (typeof data.of === 'number' && typeof data.unanswered === 'number')
      add(students, name, { of: data.of, silent: data.unanswered, cut: 0 })
    if (typeof data.model === 'string' && 'verdict' in data)
      add(judges, data.model, {
        of: 1,
        silent: data.verdict === null ? 1 : 0,
        cut: data.cut === true ? 1 : 0,
      })
    for (const held of Object.values(data)) if (typeof held === 'object') note(name, held)
  }

  const tell = (listen: Listener) => {
    const lines = [
      ...mostly(judges).map(([name, counted]) => judgeLine(name, counted)),
      ...mostly(students).map(([name, counted]) => studentLine(name, counted)),
    ]
    for (const message of lines) listen({ kind: 'warning', message })
  }

  return { note, tell }
}

function add(all: Map<string, Silence>, name: string, { of, silent, cut }: Silence) {
  const before = all.get(name) ?? { of: 0, silent: 0, cut: 0 }
  all.set(name, { of: before.of + of, silent: before.silent + silent, cut: before.cut + cut })
}

const mostly = (all: Map<string, Silence>) => [...all].filter(([, { of, silent }]) => 2 * silent > of)

const judgeLine = (name: string, { of, silent, cut }: Silence) =>
  `judge ${name} gave no verdict ${silent} of ${of} times${cut > 0 ? ` (${cut} replies were cut)` : ''}: ${
    2 * cut >= silent
      ? 'raise `maxTokens` of the check that asks it'
      : 'ask for verdicts by `asJson: true`, or ask another model'
  }`

const studentLine = (name: string, { of, silent }: Silence) =>
  `${name}: ${silent} of ${of} tries of the student had no final answer, and count as wrong: raise limits.maxTokens, or name \`judges\``
