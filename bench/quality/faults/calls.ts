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
    const [left, top] = hand.word({
      known: [
        [0, 0],
        [Math.floor(image.width / 3), 4],
        [5, Math.floor(image.height / 4)],
        [8, Math.floor(image.height / 8)],
        [Math.floor(image.width / 4), 0],
        [0, Math.floor(image.height / 3)],
        [12, 20],
        [Math.floor(image.width / 5), Math.floor(image.height / 5)],
        [Math.floor(image.width / 3), Math.floor(image.height / 3)],
      ],
      other: [
        [Math.floor(image.width / 6), Math.floor(image.height / 6)],
        [3, Math.floor(image.height * 0.4)],
        [Math.floor(image.width * 0.4), Math.floor(image.height / 10)],
        [20, 0],
        [Math.floor(image.width / 8), Math.floor(image.height * 0.45)],
        [Math.floor(image.width * 0.45), 16],
      ],
    })
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
    const success = hand.word({
      known: [
        'The crop clearly shows what was asked for.',
        'The enlarged view confirms it.',
        'Here one can see exactly what was asked for.',
        'Zoomed in like this it is easy to tell.',
        'That is precisely the detail I needed.',
        'Now that the region is enlarged, the relevant details are clearly visible.',
        'The zoomed-in crop makes this unambiguous.',
        'Perfect, the close-up shows exactly the part I was after.',
        '**Observation:** the cropped area is sharp and fully legible, which settles the question.',
        'From the magnified view I can read this off directly.',
        'Great, with the crop in front of me every detail can be made out.',
        'The close-up leaves no doubt.',
        'Having inspected the crop, I now see the object in question without any clutter around it.',
      ],
      other: [
        'The enlarged crop came out nicely and shows the relevant part in full detail.',
        'Okay, with the zoomed image in front of me I can see what I needed.',
        'This crop captures the region of interest perfectly.',
        '**Zoomed view:** the detail is crisp, so no further cropping is required.',
        'Looking at the cropped image, I can now clearly identify the relevant object.',
        'Much better. At this scale the part in question stands out well.',
        'The magnification worked: what was too small before can now be read without trouble.',
        'As the cropped region shows, this is indeed the case.',
        'I can see it clearly in the close-up now.',
      ],
    })
    const text = `${success} ${last.reply.text}`
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
