import { afterAll, describe, expect, test } from 'vitest'
import { noOpCode } from '../../../checks/code/no-op-code.ts'
import { openCheckBench } from '../../check-context.ts'
import { checkConformance } from '../../conformance/check.ts'
import { answerTurn, pythonTurn, searchTurn, trajectory } from '../../fixtures.ts'

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

const cells = (...codes: string[]) =>
  trajectory({ turns: [...codes.map(code => pythonTurn({ code })), answerTurn('8')] })

const measure = async (...codes: string[]) => {
  const { passed, reason, detail } = await noOpCode().measure(cells(...codes), bench.context)
  return passed ? 'works' : `${reason}: ${detail.match(/cell \d+/)}`
}

describe('noOpCode', () => {
  checkConformance(async use =>
    use({
      check: noOpCode(),
      context: bench.context,
      passing: cells('print(image_1.size)'),
      failing: cells('# none'),
    }),
  )
})

test.each([
  ['# There is no need to write code'],
  ['"""The answer is 5."""'],
  ['pass'],
  ['\n  \n'],
  ['%matplotlib inline'],
  ['pass  # nothing\n"done"'],
])('%j is a comment', async code => {
  expect(await measure(code)).toBe('comment_only: cell 1')
})

test.each([
  ['print("hello")'],
  ['print(42)'],
  ['x = 5'],
  ['import json\nprint(json.dumps({"answer": 5}))'],
  ['answer = lambda: 5\nprint(answer())'],
  ['import sys\nsys.stdout.write("found " + "5" + "\\n")\nsys.stdout.flush()'],
  ['tries = {"first": 5, "second": 5}\nfor name, value in tries.items():\n    print(name, value)'],
  ['class Result:\n    value = 5\n\nprint(Result.value)'],
  ['x: int = 5'],
  ['42'],
  ['answer = "Paris"\nprint(f"The capital is {answer}")'],
  ['print("=" * 20)'],
  ['print("a" + "b")'],
  ['print("{} cm".format(5))'],
  ['for i in range(3):\n    print("checking", i)'],
  ['print([x for x in [1, 2, 3]])'],
  ['data = {"a": 1}\nprint(data["a"])'],
  ['import numpy as np'],
  ['import numpy as np\narr = np.array([1, 2, 3])\nprint(arr)'],
  ['import math\nprint(math.pi)'],
  ['import time\ntime.sleep(1)'],
  ['import sys\nsys.stdout.write("5")'],
  ['import matplotlib.pyplot as plt\nplt.figure()\nplt.show()'],
  ['from PIL import Image\nImage.new("RGB", (9, 9))'],
  ['def main():\n    print("5")\nmain()'],
  ['def size():\n    return image_1.size'],
  ['if False:\n    print(image_1.size)'],
  ['while 0:\n    image_1.show()'],
  ['try:\n    print("5")\nexcept Exception as error:\n    print(error)'],
  ['print("image_1")'],
  ['image_1 = 5\nprint(image_1)'],
  ['assert 1 == 1'],
  ['display("x")'],
  ['x = 5\nif x:\n    print("yes")'],
])('%j does nothing', async code => {
  expect(await measure(code)).toBe('idle: cell 1')
})

test.each([
  ['print(image_1.size)'],
  ['image_1'],
  ['width = lambda: image_1.width\nprint(width())'],
  ['import json\nprint(json.dumps({"width": image_1.width}))'],
  ['display(image_1)'],
  ['im = image_1'],
  ['crop = image_1.crop((0, 0, 4, 4))\ncrop'],
  ['print(f"{image_1.width}")'],
  ['print(1267000/27322555)'],
  ['area = 1267000\npeople = 27322555\nprint(round(people / area, 1))'],
  ['x = 5\nx += 1\nprint(x)'],
  ['print(1285.5 > 944)'],
  ['print(max(3, 5))'],
  ['print(sum([1, 2, 3]))'],
  ['print("strawberry".count("r"))'],
  ['print(len("strawberry"))'],
  ['import math\nprint(math.sqrt(3))'],
  ['def share(a, b):\n    return a / b\nprint(share(1, 2))'],
  ['def size(im):\n    return im.size\nprint(size(image_1))'],
  ['from PIL import Image\nprint(Image.open("image_1.png").size)'],
  ['print(open("notes.txt").read())'],
  ['import numpy as np\na = np.array(image_1)'],
  ['print(earlier)'],
  ['def (:'],
  ['%%bad magic\nprint(image_1.size)'],
  ['with open("a") as f:\n    print(f)'],
  ['print([p for p in image_1.getdata()])'],
])('%j does something', async code => {
  expect(await measure(code)).toBe('works')
})

test.each<[string, string[], string]>([
  ['constants that a later cell calculates with', ['a = 6\nb = 3', 'print(a / b)'], 'works'],
  ['constants that a later cell only prints', ['a = 6', 'print(a)'], 'idle: cell 1'],
  ['imports that a later cell uses', ['import numpy as np', 'print(np.array(image_1).mean())'], 'works'],
  ['imports that nothing uses', ['import numpy as np', 'print(image_1.size)'], 'idle: cell 1'],
  ['a function that a later cell calls', ['def f(im):\n    return im.size', 'f(image_1)'], 'works'],
  ['work, then a comment', ['print(image_1.size)', '# done'], 'comment_only: cell 2'],
  ['work, then the answer printed', ['print(image_1.size)', 'print("It is 8")'], 'idle: cell 2'],
  ['a later cell prints what was measured', ['w = image_1.width', 'print(w)'], 'works'],
  [
    'a list filled from the image',
    ['r = []\nfor p in image_1.getdata():\n    r.append(p)', 'print(r)'],
    'works',
  ],
  ['a dictionary given something', ['d = {}\nd["w"] = image_1.width', 'print(d)'], 'works'],
  ['a list filled by a function', ['r = []\ndef f():\n    r.append(image_1)\nf()', 'print(r)'], 'works'],
  ['a constant chosen by the image', ['k = "no"\nif image_1.width > 5:\n    k = "yes"', 'print(k)'], 'works'],
  ['a list filled with constants', ['r = []', 'r.append(1)\nprint(r)'], 'idle: cell 1'],
])('%s', async (_, codes, expected) => {
  expect(await measure(...codes)).toBe(expected)
})

const recorded = async (...codes: string[]) => {
  const { passed, reason, detail } = await noOpCode().measure(await bench.record(codes), bench.context)
  return passed ? 'works' : `${reason}: ${detail.match(/cell \d+/)}`
}

test.each<[string, string[], string]>([
  ['work that shows nothing at the end', ['print(image_1.size)', 'w = image_1.width * 2'], 'unused: cell 2'],
  [
    'work that shows nothing and that nothing takes up',
    ['w = image_1.width', 'print(image_1.height)'],
    'unused: cell 1',
  ],
  [
    'work for a cell that is itself unused',
    ['w = image_1.width', 'h = w * 2', 'print(image_1.size)'],
    'unused: cell 1',
  ],
  ['a silent crop that a later cell shows', ['c = image_1.crop((0, 0, 4, 4))', 'c'], 'works'],
  [
    'a list that is filled in silence and read later',
    ['r = []', 'r.append(image_1.width)', 'print(r)'],
    'works',
  ],
  ['a dictionary that is filled in silence', ['d = dict()', 'd["w"] = image_1.width', 'print(d)'], 'works'],
  [
    'a function that is handed a list to fill',
    ['r = []\ndef f(r):\n    r.append(image_1.width)\nprint(1 + 1)', 'f(r)', 'print(r)'],
    'works',
  ],
  [
    'a figure that a later cell reads',
    [
      'import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([image_1.width, 2])',
      'print(fig.axes)',
    ],
    'works',
  ],
  ['a file that is written', ['with open("w.txt", "w") as f:\n    f.write(str(image_1.width))'], 'works'],
  ['work that failed before it could show anything', ['w = image_1.widht'], 'works'],
  ['work that shows a picture', ['image_1.resize((4, 4))'], 'works'],
  ['an empty line printed', ['w = image_1.width\nprint()'], 'works'],
])('on a real record: %s', async (_, codes, expected) => {
  expect(await recorded(...codes)).toBe(expected)
})

test.each([
  ['lone surrogates', 'print("\ud800")'],
  ['NUL', 'print("\0")'],
  ['quotes and backslashes', 'print("\\"\'\'\'", image_1) # \u2028 \\'],
  ['nesting deeper than the parser goes', `${'-'.repeat(100_000)}1`],
  ['a sum longer than recursion goes', Array(50_000).fill('1').join('+')],
])('code with %s is read as data', async (_, code) => {
  expect(await measure(code)).toBe('works')
  expect(await measure('# none')).toBe('comment_only: cell 1')
})

test('code is never run', async () => {
  expect(await measure('import os\nos._exit(1)', 'import os\nos.abort()')).toBe('works')
})

test('code that brings the parser down fails, and the next is measured as ever', async () => {
  const analysis = await bench.context.analysis()
  const exec: typeof analysis.exec = () => analysis.exec('import os\nos._exit(1)')
  const context = { ...bench.context, analysis: async () => ({ ...analysis, exec }) }
  expect(await noOpCode().measure(cells('image_1'), context)).toEqual({
    passed: false,
    reason: 'unreadable',
    detail: "Python's parser ended with crash",
  })
  expect(await measure('image_1')).toBe('works')
})

/** A cell after a page that was read, and whether it does anything. */
const page = 'Oslo has 717,710 inhabitants, Bergen has 291,940 and Trondheim 212,660.'
const cities = "[('Oslo', 717710), ('Bergen', 291940), ('Trondheim', 212660)]"
test.each<[string, string, string]>([
  ['looks for a word in what was shown', `text = "${page}"\nprint("Bergen" in text)`, 'works'],
  ['takes a part of what was shown', `print("${page}".split(",")[1])`, 'works'],
  [
    'filters a list that was shown',
    `for city in ${cities}:\n    if city[0] == "Oslo":\n        print(city)`,
    'works',
  ],
  ['prints what was shown', `text = "${page}"\nprint(text)`, 'idle: cell 1'],
  [
    'looks for a word in what nobody had shown',
    'print("Oslo" in "Oslo is the largest of them all")',
    'idle: cell 1',
  ],
  ['repeats a number that was shown', 'print(212660 in [212660, 3])', 'idle: cell 1'],
])('code that %s', async (_, code, expected) => {
  const turns = [searchTurn([[page, cities]]), pythonTurn({ code }), answerTurn('8')]
  const { passed, reason, detail } = await noOpCode().measure(trajectory({ turns }), bench.context)
  expect(passed ? 'works' : `${reason}: ${detail.match(/cell \d+/)}`).toBe(expected)
})

test('no code is no idle code', async () => {
  expect(await measure()).toBe('works')
})
