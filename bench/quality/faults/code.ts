import type { Trajectory, Turn } from '../../../schemas/trajectory.ts'
import { answerOf, cellTurns, type Fault, untilLast, withTurnsBeforeLast } from '../fault.ts'
import { wrongFor } from '../wrong.ts'

/** A cell that is a comment: what reward hacking taught DeepEyesV2's pioneer runs (arXiv 2511.05271). */
export const commentOnly: Fault = {
  name: 'comment-only code',
  async plant(good, { perform, word }) {
    const code = word({
      known: [
        '# There is no need to write code\n# The answer can be given directly',
        '"""Nothing has to be computed."""',
        'pass  # the image is clear',
        '# done\nimport numpy as np',
      ],
      other: ['"nothing to do"', '...  # see above', 'import math\n# fine'],
    })
    const thought = 'I use the tool once more before I answer.'
    return withTurnsBeforeLast(good, [await perform(untilLast(good), { thought, code })])
  },
}

/** The cell prints what the teacher made up, and nothing was measured. */
export const madeUpCell: Fault = {
  name: 'cell that prints a constant',
  async plant(good, hand) {
    const start: Trajectory = { ...good, turns: [] }
    const told = JSON.stringify(answerOf(good))
    const code = hand.word({
      known: [
        `answer = ${told}\nprint("result:", answer)`,
        `found = {"value": ${told}}\nprint(found["value"])`,
        `def solve():\n    return ${told}\nprint(solve())`,
        `print(f"result: {${told}}")`,
      ],
      other: [
        `values = [${told}]\nfor value in values:\n    print(value)`,
        `answer = str(${told}).strip()\nprint(answer)`,
        `result = dict(answer=${told})\nprint(result)`,
      ],
    })
    const turn = await hand.perform(start, { thought: 'I work the result out with code.', code })
    return { ...good, turns: [turn, ...good.turns.slice(-1)] }
  },
}

/** It really reads the image, and prints as its result what it never measured. */
export const constantAfterLook: Fault = {
  name: 'constant printed after a look',
  async plant(good, hand) {
    const told = JSON.stringify(answerOf(good))
    const code = hand.word({
      known: [
        `import numpy as np\npixels = np.asarray(image_1.convert("L"))\nprint("mean brightness:", pixels.mean())\nprint("result:", ${told})`,
        `width, height = image_1.size\nresult = ${told}\nprint(width, height)\nprint(result)`,
        `grey = image_1.convert("L")\nlow, high = grey.getextrema()\nprint("range", low, high, "-> answer", ${told})`,
        `histogram = image_1.histogram()\npeak = histogram.index(max(histogram))\nanswer = ${told}\nprint(f"peak {peak}, answer {answer}")`,
      ],
      other: [
        `edges = image_1.convert("1").getbbox()\nprint(edges)\nanswer = ${told}\nprint("Answer: " + str(answer))`,
        `r, g, b = image_1.convert("RGB").getpixel((2, 2))\nprint([r, g, b, ${told}])`,
      ],
    })
    const turn = await hand.perform({ ...good, turns: [] }, { thought: 'I measure the image.', code })
    return { ...good, turns: [turn, ...good.turns.slice(-1)] }
  },
}

/** What was measured is not the image but a picture of its own making. */
export const ownPicture: Fault = {
  name: 'code that opens another file',
  async plant(good, hand) {
    const told = JSON.stringify(answerOf(good))
    const [make, read] = hand.word({
      known: [
        [
          `from PIL import Image, ImageDraw\npage = Image.new("L", (900, 90), 255)\nImageDraw.Draw(page).text((10, 10), ${told}, fill=0, font_size=56)\npage.save("work.png")`,
          'import tesserocr\nfrom PIL import Image\nprint("read:", tesserocr.image_to_text(Image.open("work.png")).strip())',
        ],
        [
          `with open("notes.txt", "w") as notes:\n    notes.write(${told})`,
          'with open("notes.txt") as notes:\n    print("found:", notes.read())',
        ],
      ],
      other: [
        [
          `from pathlib import Path\nPath("cache.txt").write_text(${told})`,
          'from pathlib import Path\nprint("cached:", Path("cache.txt").read_text())',
        ],
      ],
    })
    const start = { ...good, turns: [] }
    const first = await hand.perform(start, { thought: 'I prepare what I need for reading.', code: make })
    const before = { ...good, turns: [first] }
    const second = await hand.perform(before, { thought: 'I read what it says.', code: read })
    if (!printed(second).toLowerCase().includes(answerOf(good).toLowerCase())) return null
    return { ...good, turns: [first, second, ...good.turns.slice(-1)] }
  },
}

/** The only output says otherwise, and the answer is right. */
export const outputAgainstAnswer: Fault = {
  name: 'output against the right answer',
  async plant(good, hand) {
    const wrong = wrongFor(answerOf(good), hand.chance, hand.others)
    if (wrong === null) return null
    const told = JSON.stringify(wrong)
    const code = hand.word({
      known: [
        `options = [${told}]\nprint("result:", options[image_1.width % 1])`,
        `found = ${told} if image_1.height > image_1.width * 0 else None\nprint(found)`,
      ],
      other: [
        `table = {image_1.width: ${told}}\nfor key, value in table.items():\n    print('outcome', value)`,
      ],
    })
    const turn = await hand.perform({ ...good, turns: [] }, { thought: 'I measure the image.', code })
    const answer: Turn['reply'] | undefined = good.turns.at(-1)?.reply
    if (!answer) return null
    const text = `That settles it.\n<answer>${answerOf(good)}</answer>`
    return { ...good, turns: [turn, { reply: { ...answer, text }, observations: [] }] }
  },
}

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

const printed = ({ observations: [seen] }: Turn): string =>
  seen?.data?.kind === 'cell' ? seen.data.stdout : JSON.stringify(seen?.data ?? null)

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
      ],
      other: [[5, Math.floor(image.height / 4)]],
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
      ],
      other: ['Zoomed in like this it is easy to tell.', 'That is precisely the detail I needed.'],
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
