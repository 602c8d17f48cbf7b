import Type, { type Static } from 'typebox'
import type { JsonObject } from '../schemas/json.ts'
import { closed, factory } from '../schemas/options.ts'
import { Check, type CheckContext, pass } from './check.ts'
import { turnsRead } from './reading/turns-read.ts'
import { answeredFirst } from './signals/answered-first.ts'
import { blankPicture } from './signals/blank-picture.ts'
import { contradicted } from './signals/contradicted.ts'
import { misquoted } from './signals/misquoted.ts'
import { promptEcho } from './signals/prompt-echo.ts'
import { repeatedThought, repetition } from './signals/repetition.ts'
import { sayings } from './signals/sayings.ts'
import type { RowRead, Seen, Signal } from './signals/signal.ts'
import { ungroundedNumber } from './signals/ungrounded-number.ts'

const all = [
  answeredFirst,
  contradicted,
  misquoted,
  blankPicture,
  ungroundedNumber,
  repetition,
  repeatedThought,
  promptEcho,
  ...sayings,
] as const

export type SignalName = (typeof all)[number]['name']
/** In the order in which they are looked for. */
export const signalNames: SignalName[] = all.map(({ name }) => name)

export const SignalsOptions = closed({
  /** The signals to look for; without it, all. */
  only: Type.Optional(Type.Array(Type.Enum(signalNames))),
})
export type SignalsOptions = Static<typeof SignalsOptions>

/**
 * What a model's words make one suspect, which drops nothing by itself. It always passes; its detail names the signals,
 * and its data lists them, each with the first turn and words. `unsignalled` drops rows by name, judges may be asked
 * only about rows with a signal, and `stats` counts them.
 *
 * It cannot see: whether a signal means anything; other words for the same; other languages than English.
 */
export const signals = factory(Check, 'signals', SignalsOptions, ({ only }) => ({
  name: 'signals',
  version: 2,
  options: { ...(only && { only }) },
  async measure(trajectory, context) {
    const row = { trajectory, steps: turnsRead(trajectory) }
    const wanted = all.filter(({ name }) => only?.includes(name) ?? true)
    const seen = (await Promise.all(wanted.map(signal => see(signal, row, context)))).flat()
    return pass(seen.map(({ name }) => name).join(' '), { signals: seen })
  },
}))

async function see(
  { name, find }: Signal,
  row: RowRead,
  context: CheckContext,
): Promise<(Seen & JsonObject)[]> {
  const sighting = await find(row, context)
  return sighting ? [{ name, turn: sighting.turn, words: sighting.words }] : []
}
