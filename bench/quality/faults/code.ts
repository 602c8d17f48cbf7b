import type { Trajectory } from '../../../schemas/trajectory.ts'
import { answerOf, cellTurns, type Fault, type Hand, untilLast, withTurnsBeforeLast } from '../fault.ts'

/** A cell that is a comment: what reward hacking taught DeepEyesV2's pioneer runs (arXiv 2511.05271). */
export const commentOnly = added('comment-only code', () => ({
  thought: 'I use the tool once more before I answer.',
  code: '# There is no need to write code\n# The answer can be given directly',
}))

/** The cell prints what the teacher made up, and nothing was measured. */
export const madeUpCell: Fault = {
  name: 'cell that prints a constant',
  async plant(good, hand) {
    const start: Trajectory = { ...good, turns: [] }
    const code = `answer = ${JSON.stringify(answerOf(good))}\nprint("result:", answer)`
    const turn = await hand.perform(start, { thought: 'I work the result out with code.', code })
    return { ...good, turns: [turn, ...good.turns.slice(-1)] }
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
    const box = [0, 0, Math.ceil(image.width / 2), Math.ceil(image.height / 2)]
    let copy = untilLast(good)
    for (const aside of [0, 1, 2]) {
      const moved = [box[0], box[1], (box[2] ?? 0) + aside, box[3]]
      const turn = await hand.perform(copy, {
        thought: 'I look at this part of the image more closely.',
        code: `region = image_1.crop((${moved.join(', ')}))\ndisplay(region)`,
      })
      copy = { ...copy, turns: [...copy.turns, turn] }
    }
    return { ...copy, turns: [...copy.turns, ...good.turns.slice(-1)] }
  },
}

/** An empty picture is taken for a look at the object. */
export const blankCrop: Fault = {
  name: 'blank crop called a success',
  async plant(good, hand) {
    const [image] = good.task.images
    if (!image) return null
    const [left, top] = [image.width + 10, image.height + 10]
    const turn = await hand.perform(untilLast(good), {
      thought: 'I enlarge the part that matters.',
      code: `display(image_1.convert('RGB').crop((${left}, ${top}, ${left + 80}, ${top + 80})))`,
    })
    const last = good.turns.at(-1)
    if (!last) return null
    const text = `The crop clearly shows what was asked for. ${last.reply.text}`
    return {
      ...good,
      turns: [...good.turns.slice(0, -1), turn, { ...last, reply: { ...last.reply, text } }],
    }
  },
}

function codeOf({ turns }: Trajectory, index = -1): string | undefined {
  const data = turns[index]?.observations[0]?.data
  return data?.kind === 'cell' ? data.code : undefined
}

function added(name: string, cell: () => Parameters<Hand['perform']>[1]): Fault {
  return {
    name,
    plant: async (good, hand) => withTurnsBeforeLast(good, [await hand.perform(untilLast(good), cell())]),
  }
}
