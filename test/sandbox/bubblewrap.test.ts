import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import type { CellResult } from '../../sandbox/sandbox.ts'

const sandbox = bubblewrap()
afterAll(() => sandbox[Symbol.asyncDispose]())

const picture = await sharp({
  create: {
    width: 320,
    height: 200,
    channels: 3,
    background: '#808080',
    noise: { type: 'gaussian', mean: 128, sigma: 20 },
  },
})
  .png()
  .toBuffer()
const withPicture = {
  files: { 'image_1.png': new Uint8Array(picture) },
  prelude: "from PIL import Image\nimage_1 = Image.open('image_1.png')",
  seed: 7,
}

async function runAll(cells: string[], fresh: boolean): Promise<CellResult[]> {
  await using session = await sandbox.open({ ...withPicture, fresh })
  const results: CellResult[] = []
  for (const cell of cells) results.push(await session.exec(cell))
  return results
}

test('state lasts from cell to cell and the last expression is the result', async () => {
  const [, second] = await runAll(['x = 41', 'print("hi")\nx + 1'], false)
  expect(second).toMatchObject({ status: 'ok', stdout: 'hi\n', result: '42', error: null, alive: true })
})

test('the prelude makes image_1 and nothing of it is reported', async () => {
  const [first] = await runAll(['image_1.size'], false)
  expect(first).toMatchObject({ result: '(320, 200)', stdout: '', images: [], droppedImages: 0 })
})

test('an exception is told from the cell on, and the session goes on', async () => {
  const [failed, next] = await runAll(['def f():\n    return 1 / 0\nf()', '1'], false)
  expect(failed).toMatchObject({ status: 'error', error: { name: 'ZeroDivisionError' }, alive: true })
  expect(failed?.error?.traceback).toBe(
    'Traceback (most recent call last):\n  File "<cell 1>", line 3, in <module>\n    f()\n' +
      '  File "<cell 1>", line 2, in f\n    return 1 / 0\n           ~~^~~\nZeroDivisionError: division by zero\n',
  )
  expect(next?.result).toBe('1')
})

test.each([
  ['x = (1\ny = 2', 1, 'x = (1', "SyntaxError: '(' was never closed"],
  ['%matplotlib inline\nx = =', 2, 'x = =', 'SyntaxError: invalid syntax'],
  ['  x', 1, 'x', 'IndentationError: unexpected indent'],
])('code that is no Python is told once, without frames of ours: %s', async (code, line, shown, error) => {
  const [failed] = await runAll([code], false)
  const lines = failed?.error?.traceback.split('\n') ?? []
  expect(lines.map(each => each.trim()).filter(each => !/^\^*$/.test(each))).toEqual([
    `File "<cell 1>", line ${line}`,
    shown,
    error,
  ])
})

test('images come back from a result, display, plt.show, cv2.imshow and files', async () => {
  const results = await runAll(
    [
      'image_1.crop((0, 0, 50, 40))',
      'display(image_1.convert("L"))',
      'import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()',
      'import cv2, numpy as np\ncv2.imshow("t", np.zeros((9, 9), np.uint8))',
      'image_1.save("out.bmp")',
    ],
    false,
  )
  const sources = results.flatMap(result => result.images.map(image => [image.source, image.name]))
  expect(sources).toEqual([
    ['result', null],
    ['display', null],
    ['plt', null],
    ['display', null],
    ['file', 'out.bmp'],
  ])
  const first = await sharp(results[0]?.images[0]?.bytes).metadata()
  expect([first.format, first.width, first.height]).toEqual(['png', 50, 40])
  expect((await sharp(results[4]?.images[0]?.bytes).metadata()).format).toBe('png')
})

test('images over the limit are counted, not sent', async () => {
  const [result] = await runAll(['for _ in range(25): display(image_1.resize((8, 8)))'], false)
  expect(result?.images).toHaveLength(sandbox.limits.images)
  expect(result?.droppedImages).toBe(25 - sandbox.limits.images)
})

test('notebook magics are passed over, and text that only looks like one is kept', async () => {
  const [magic, text] = await runAll(['%matplotlib inline\n!pip install x\n3', "'''\n%not magic\n'''"], false)
  expect(magic?.result).toBe('3')
  expect(text?.result).toBe(String.raw`'\n%not magic\n'`)
})

test('pytesseract reads text through the tesseract program', async () => {
  const [, words] = await runAll(
    [
      'from PIL import ImageDraw, ImageFont\nim = Image.new("RGB", (420, 80), "white")\n' +
        'ImageDraw.Draw(im).text((10, 10), "Hello 42", font=ImageFont.truetype("DejaVuSans.ttf", 40), fill="black")',
      'import pytesseract\nfrom pytesseract import Output\nprint(pytesseract.image_to_string(im, config="--psm 7").strip())\n' +
        '[w for w in pytesseract.image_to_data(im, output_type=Output.DICT)["text"] if w]',
    ],
    false,
  )
  expect(words).toMatchObject({ status: 'ok', stdout: 'Hello 42\n', result: "['Hello', '42']" })
})

const comparable = ({ status, stdout, stderr, result, error, images, leftover }: CellResult) => ({
  status,
  stdout,
  stderr,
  result,
  error,
  leftover,
  images: images.map(({ source, name, bytes }) => [source, name, Buffer.from(bytes).toString('base64')]),
})

const everyGenerator = [
  'import random\nrandom.random(), hash("a"), list({"a", "b", "c", "d"})',
  'import numpy as np\nrandom.random(), np.random.rand(), np.random.default_rng().random()',
  'import cv2, pandas, sympy, scipy.stats, skimage.measure, matplotlib.pyplot as plt\n' +
    'random.random(), np.random.rand(), cv2.randu(np.zeros(4, np.uint8), 0, 255).tolist(), scipy.stats.norm.rvs(size=2)',
  'import sympy.core.random\nsympy.core.random.rng.random()',
  'image_1 = image_1.crop((5, 5, 200, 150)).resize((700, 500), Image.LANCZOS)\nimage_1',
  'print(np.linalg.svd(np.random.rand(40, 40))[1][:3])\nplt.hist(np.array(image_1).ravel(), 50)\nplt.title("é")\nplt.show()',
  'cv2.imwrite("edges.png", cv2.Canny(np.array(image_1), 50, 150))',
]

test('equal programs give equal bytes, warm and fresh, however late a library is imported', async () => {
  const warm = (await runAll(everyGenerator, false)).map(comparable)
  const again = (await runAll(everyGenerator, false)).map(comparable)
  const fresh = (await runAll(everyGenerator, true)).map(comparable)
  expect(warm.every(cell => cell.status === 'ok')).toBe(true)
  expect(again).toEqual(warm)
  expect(fresh).toEqual(warm)
})

test('another seed gives other random numbers', async () => {
  const draw = async (seed: number) => {
    await using session = await sandbox.open({ files: {}, prelude: '', seed })
    return (await session.exec('import random, numpy as np\nrandom.random(), np.random.rand()')).result
  }
  expect(await draw(1)).not.toBe(await draw(2))
  expect(await draw(2 ** 40)).toMatch(/^\(0\.\d+, 0\.\d+\)$/)
})

test('it says which Python and which libraries it has, with a hash of them', async () => {
  const environment = await sandbox.describe()
  expect(environment).toMatchObject({ kind: 'bubblewrap', python: expect.stringMatching(/^3\.\d+\.\d+$/) })
  expect(Object.keys(environment.libraries)).toEqual(
    expect.arrayContaining(['numpy', 'PIL', 'cv2', 'pytesseract']),
  )
  expect(environment.hash).toMatch(/^[0-9a-f]{64}$/)
})

test('a prelude that fails is a fault of the machinery, told with its traceback', async () => {
  await expect(sandbox.open({ files: {}, prelude: 'nonsense', seed: 0 })).rejects.toThrow(
    /prelude failed.*NameError/s,
  )
})

test('a Python that is not there is refused with what to do', async () => {
  await using broken = bubblewrap({ python: '/nowhere/python3' })
  await expect(broken.open({ files: {}, prelude: '', seed: 0 })).rejects.toThrow(
    /\/nowhere\/python3 is no usable Python/,
  )
})
