import { styleText } from 'node:util'
import type { ExportRow } from '../output/export.ts'
import { reasonOf } from '../schemas/drop.ts'
import { isObject, parseJson } from '../schemas/json.ts'
import { type FactState, stateOf } from '../schemas/measurement.ts'
import type { Part } from '../schemas/task.ts'
import type { Fact, Observation, RolloutOrigin, Turn } from '../schemas/trajectory.ts'

type Style = Parameters<typeof styleText>[0]
type Paint = (style: Style, text: string) => string

/**
 * A trajectory, and what was decided about it, for a terminal. Control characters of untrusted text are shown, not
 * sent.
 */
export function printTrajectory(
  { measured: { trajectory, facts }, verdict }: ExportRow,
  colour: boolean,
): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text)
  const { task, teacher, sample, turns, outcome, key } = trajectory
  const despite = (verdict.rescued ?? []).map(drop => `, though ${drop.stage} dropped it: ${reasonOf(drop)}`)
  const decision = verdict.keep
    ? paint('green', `kept${harmless(despite.join(''))}`)
    : paint('red', `dropped by ${verdict.stage}: ${reasonOf(verdict)} ${harmless(verdict.detail)}`)
  let shown = 0
  const parts = (list: Part[]) =>
    list
      .map(part => (part.type === 'text' ? harmless(part.text) : paint('magenta', imageLine(part, ++shown))))
      .join('\n')
  const title = `${task.id}  ${key.slice(0, 12)}  ${task.category}  by ${teacher.name}, sample ${sample}`
  return [
    paint('bold', harmless(title)),
    ...(trajectory.origin ? [harmless(notMadeHere(trajectory.origin))] : []),
    box(paint, 'question', parts(trajectory.question)),
    ...turns.flatMap((turn, index) => printTurn(turn, index + 1, paint, parts)),
    box(
      paint,
      'outcome',
      outcome.kind === 'answered'
        ? `answered: ${harmless(outcome.answer)}   (true answer: ${harmless(task.answer || 'not known')})`
        : harmless(JSON.stringify(outcome)),
    ),
    box(paint, 'checks', facts.map(fact => factLine(fact, paint)).join('\n')),
    box(paint, 'decision', decision),
  ].join('\n')
}

/** Where a rollout of others was read, what its file does not hold, and what came of running its code again. */
function notMadeHere({ format, file, row, lacks, rerun }: RolloutOrigin): string {
  const again = rerun && `run again: ${rerun.cause || rerun.verdict}, ${rerun.ran} of ${rerun.of} calls`
  const without = lacks.length > 0 && `without ${lacks.join(', ')}`
  return [`not made here: read as ${format} from ${file}, row ${row}`, without, again]
    .filter(Boolean)
    .join('; ')
}

function printTurn(
  { reply, observations, reminder }: Turn,
  number: number,
  paint: Paint,
  parts: (list: Part[]) => string,
): string[] {
  const said = box(
    paint,
    `turn ${number}: ${reply.stop === 'calls' ? 'thought' : 'answer'}`,
    harmless(reply.text),
  )
  const calls = reply.calls.flatMap((call, index) => {
    const observation = observations[index]
    const seen = observation ? [box(paint, resultTitle(observation), parts(observation.parts))] : []
    return [
      box(paint, `call ${harmless(call.name)}`, paint('cyan', harmless(callText(call.arguments)))),
      ...seen,
    ]
  })
  const told = reminder && observations.length === 0 ? [box(paint, 'reminder', harmless(reminder.text))] : []
  return [said, ...calls, ...told]
}

const resultTitle = ({ mistake }: Observation) => (mistake ? `result (${mistake.kind})` : 'result')

const imageLine = ({ image }: Extract<Part, { type: 'image' }>, number: number) =>
  `[image_${number}: ${image.width}x${image.height} ${image.mime}, blobs/${image.sha256.slice(0, 2)}/${image.sha256}]`

/** A call's arguments for a person: code reads better than the JSON string it came in. */
export function callText(text: string): string {
  const args = parseJson(text)
  return isObject(args) && typeof args.code === 'string' && Object.keys(args).length === 1 ? args.code : text
}

const stateWords: Record<FactState, [Style, string]> = {
  passed: ['green', 'pass'],
  failed: ['red', 'fail'],
  could_not_tell: ['yellow', 'could not tell'],
}

const factLine = (fact: Fact, paint: Paint) =>
  `${paint(...stateWords[stateOf(fact)])}  ${fact.check}  ${harmless(saidOf(fact))}`

/** Reason and detail of a fact, as one text. */
export const saidOf = ({ reason, detail }: Fact): string => [reason, detail].filter(Boolean).join(': ')

const box = (paint: Paint, title: string, body: string) =>
  `${paint('dim', `── ${title} ${'─'.repeat(Math.max(0, 60 - title.length))}`)}\n${body}`

/** What a model wrote could move the cursor or repaint the screen. */
export const harmless = (text: string) =>
  text.replace(/[^\P{Cc}\n\t]/gu, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
