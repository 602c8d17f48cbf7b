import { afterAll, expect, test } from 'vitest'
import { reindented } from '../../../checks/code/reindented.ts'
import { openCheckBench } from '../../check-context.ts'

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

/** What the environment of DeepEyesV2 makes of code, and whether that is another program. */
const cases: [what: string, code: string, another: boolean][] = [
  ['lines one below the other', 'a = 1\n\nprint(a)', false],
  ['a block at the end', 'a = 1\nfor i in range(3):\n    if i:\n        print(i)', false],
  ['a block in a line of its own', 'for i in range(3): print(i)\nprint(4)', false],
  ['branches at the end', 'if a:\n    b = 1\nelif c:\n    b = 2\nelse:\n    b = 3', false],
  ['what was tried, and then a line', 'try:\n    a()\nexcept KeyError: pass\nb()', false],
  ['brackets over lines', 'print(\n    [1,\n     2],\n)', false],
  ['a line after a loop', 'for i in range(3):\n    print(i)\nprint(4)', true],
  ['a line after a function', 'def f(x):\n    return x\nprint(f(1))', true],
  ['two loops', 'for i in a:\n    print(i)\nfor i in b:\n    print(i)', true],
  ['an inner loop that ends', 'for i in a:\n    for j in b:\n        print(j)\n    print(i)', true],
  ['a text of several lines', 'print("""\n  two\n""")', true],
  ['a comment behind a colon', 'for i in a:  # each\n    print(i)', true],
  ['a comment that ends with a colon', '# It begins:\nprint(1)', true],
  ['a name that begins like a word', 'if a:\n    excepted = 1', true],
]

test('code is another program where Python’s own trees of it say so', async () => {
  const codes = cases.map(([, code]) => code)
  const found = await reindented(codes, bench.context)
  const wrong = cases.filter(([, , another], index) => found[index] !== another).map(([what]) => what)
  expect(wrong).toEqual([])
})

test('without a Python, code that could be another program counts as one', async () => {
  expect(await reindented(['a = 1', 'for i in a:\n    print(i)'], {})).toEqual([false, true])
})
