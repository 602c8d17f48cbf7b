import type { Trajectory } from '../../../schemas/trajectory.ts'
import { cellTurns, type Fault, printed, untilLast, withTurnsBeforeLast } from '../fault.ts'

/** A call is made once more, word for word, and gives the same. */
export const repeatedTurn: Fault = {
  name: 'turn repeated word for word',
  async plant(good, hand) {
    const turn = good.turns.at(-2)
    const code = codeOf(good, good.turns.length - 2)
    if (!turn || (code === undefined && turn.observations[0]?.data?.kind !== 'results')) return null
    const again =
      code === undefined ? turn : await hand.perform(untilLast(good), { thought: turn.reply.text, code })
    return again.observations[0]?.data && printed(again) === printed(turn)
      ? withTurnsBeforeLast(good, [again])
      : null
  },
}

/** The decisive cell fails, and the answer stands as if it had not. */
export const ignoredError: Fault = {
  name: 'error ignored',
  async plant(good, hand) {
    const last = cellTurns(good).at(-1)
    const decisive = last === undefined ? undefined : good.turns[last]
    const code = codeOf(good, last)
    if (last === undefined || last !== good.turns.length - 2 || !decisive || code === undefined) return null
    const before = { ...good, turns: good.turns.slice(0, last) }
    const broken = code.replace(/print\(/, 'print(undefined_result, ')
    const turn = await hand.perform(before, { thought: decisive.reply.text, code: broken })
    if (!turn.observations[0]?.mistake) return null
    return { ...good, turns: [...before.turns, turn, ...good.turns.slice(-1)] }
  },
}

/** The same corner again and again. */
export const cropLoop: Fault = {
  name: 're-crop loop',
  async plant(good, hand) {
    const [image] = good.task.images
    if (!image) return null
    const [left, top] = hand.word([
      [Math.floor(image.width / 6), Math.floor(image.height / 6)],
      [3, Math.floor(image.height * 0.4)],
      [Math.floor(image.width * 0.4), Math.floor(image.height / 10)],
      [20, 0],
      [Math.floor(image.width / 8), Math.floor(image.height * 0.45)],
      [Math.floor(image.width * 0.45), 16],
    ])
    const box = [left, top, left + Math.ceil(image.width / 2), top + Math.ceil(image.height / 2)]
    let copy = untilLast(good)
    for (const aside of [0, 1, 2]) {
      const moved = [left, top, (box[2] ?? 0) + aside, box[3]]
      const turn = await hand.perform(copy, {
        thought: 'I look at this part of the image more closely.',
        code: `region = image_1.crop((${moved.join(', ')}))\ndisplay(region)`,
      })
      copy = { ...copy, turns: [...copy.turns, turn] }
    }
    return { ...copy, turns: [...copy.turns, ...good.turns.slice(-1)] }
  },
}

function codeOf({ turns }: Trajectory, index = -1): string | undefined {
  const data = turns[index]?.observations[0]?.data
  return data?.kind === 'cell' ? data.code : undefined
}
