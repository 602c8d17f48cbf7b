import { afterAll, describe, expect, test } from 'vitest'
import { bypass } from '../../checks/bypass.ts'
import { noContext, openCheckBench, told } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answered, searchTurn } from '../fixtures.ts'

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

/** A record that was really made, with another end. */
async function recorded(answer: string, codes: string[]) {
  const made = await bench.record(codes)
  return answered(answer, made.turns.slice(0, -1))
}

const right = await recorded('8', ['print(image_1.size[0])'])
const failing = await recorded('8', ['image_1.no_such_method()'])

describe('bypass', () => {
  checkConformance(async use => use({ check: bypass(), context: noContext, passing: right, failing }))
})

test.each<[string, string, string[], string]>([
  ['the measured number', '8', ['print(image_1.width)'], 'passed'],
  [
    'a call that raised',
    '8',
    ['print(image_1.widht)'],
    'failed_call: the call of turn 1 failed (code_error), nothing before it supports "8"',
  ],
  ['calls that gave nothing', '8', ['w = image_1.width'], 'failed_call: the call of turn 1 gave nothing'],
  [
    'one failed after what supports it',
    '8',
    ['print(image_1.width)', 'print(image_1.widht)'],
    'passed: the last call failed; turn 1: observed',
  ],
  ['one failed after what does not', '9', ['print(image_1.width)', 'print(image_1.widht)'], 'failed_call'],
  ['two failed', '8', ['print(image_1.widht)', '1 / 0'], 'failed_call'],
  ['one failed and was mended', '8', ['print(image_1.widht)', 'print(image_1.width)'], 'passed'],
  ['another number than the last output', '9', ['print(image_1.width)'], 'passed'],
])('%s', async (_, answer, codes, expected) => {
  expect(told(await bypass().measure(await recorded(answer, codes), noContext))).toContain(expected)
})

test('an empty search supports nothing; what was found before it does', async () => {
  expect(await bypass().measure(answered('Paris', [searchTurn([])]), noContext)).toMatchObject({
    reason: 'failed_call',
  })
  const found = searchTurn([['Tower', 'It stands in Paris.']])
  expect(await bypass().measure(answered('Paris', [found, searchTurn([])]), noContext)).toMatchObject({
    passed: true,
  })
})

test('no call is no bypass, and no answer is none', async () => {
  expect(await bypass().measure(answered('8', []), noContext)).toMatchObject({ passed: true })
  const stopped = { ...right, outcome: { kind: 'stopped', by: 'turns' } as const }
  expect(await bypass().measure(stopped, noContext)).toMatchObject({ reason: 'no_answer' })
})

const draw = 'from PIL import Image\npage = Image.new("L", (8, 8))\n'
test.each<[string, string[], string]>([
  [
    'a file of the machine',
    ['print(len(open("/proc/self/status").read()))\nprint(8)'],
    'other_file: cell 1 (turn 1) opens "/proc/self/status", which is not made from the images',
  ],
  [
    'a picture that it drew',
    [`${draw}page.save("work.png")`, 'from PIL import Image\nprint(Image.open("work.png").width)'],
    'other_file',
  ],
  [
    'a note that it wrote, by a name',
    ['path = "n.txt"\nwith open(path, "w") as note:\n    note.write("8")', 'print(open(path).read())'],
    'other_file',
  ],
  [
    'a table that it wrote, by a path',
    [
      'from pathlib import Path\nnote = Path("n.md")\nnote.write_text("8")',
      'from pathlib import Path\nprint(Path("n.md").read_text())',
    ],
    'other_file',
  ],
  [
    'an array that it saved',
    ['import numpy as np\nnp.save("n.npy", np.array([8]))', 'import numpy as np\nprint(np.load("n.npy")[0])'],
    'other_file',
  ],
  [
    'an array that it saved of the image',
    [
      'import numpy as np\nnp.save("n.npy", np.asarray(image_1))',
      'import numpy as np\nprint(np.load("n.npy").shape[1])',
    ],
    'passed',
  ],
  [
    'a database',
    ['import sqlite3\nc = sqlite3.connect("n.db")\nprint(c.execute("select 8").fetchone()[0])'],
    'other_file',
  ],
  ['the image’s file', ['from PIL import Image\nprint(Image.open("image_1.png").width)'], 'passed'],
  [
    'a picture made from it',
    [
      'image_1.rotate(90).save("turned.png")',
      'from PIL import Image\nprint(Image.open("turned.png").height)',
    ],
    'passed',
  ],
  [
    'a file of a name that nobody can read',
    [`${draw}page.save("work" + ".png")`, 'from PIL import Image\nprint(Image.open("work.png").width)'],
    'other_file',
  ],
  [
    'a file of a name that nobody can read, after a look at the image',
    [
      `${draw}page.paste(image_1)\npage.save("work" + ".png")`,
      'from PIL import Image\nprint(Image.open("work.png").width)',
    ],
    'passed',
  ],
  [
    'a file that is not there',
    ['from PIL import Image\nImage.open("photo.jpg")', 'print(image_1.width)'],
    'passed',
  ],
])('code opens %s', async (_, codes, expected) => {
  expect(told(await bypass().measure(await recorded('8', codes), bench.context))).toContain(expected)
})
