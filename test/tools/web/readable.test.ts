import { expect, test } from 'vitest'
import { readablePage } from '../../../tools/web/readable.ts'

const never = new AbortController().signal

test('A page is read in a thread that ends with it, however many are read', async () => {
  const pages = await Promise.all(
    ['one', 'two', 'three'].map(word => readablePage(`<title>${word}</title><p>${word}`, 60_000, never)),
  )
  expect(pages.map(({ title }) => title)).toEqual(['one', 'two', 'three'])
})

test('Tags that may be left out are put in', async () => {
  const page = '<title>T</title><table><tr><td>a<td>b<tr><td>c</table><p>one<p>two<dl><dt>d<dd>e</dl>'
  const { text } = await readablePage(page, 60_000, never)
  expect(text).toBe('a | b\nc\n\none\n\ntwo\n\nd\ne')
})

test('A reading that takes too long is ended', async () => {
  await expect(readablePage('<p>x', 1, never)).rejects.toMatchObject({ cause: { name: 'TimeoutError' } })
})

test('A reading that is no longer wanted is ended', async () => {
  const stop = new AbortController()
  const reading = readablePage('<p>x', 60_000, stop.signal)
  stop.abort(new Error('the run was stopped'))
  await expect(reading).rejects.toMatchObject({ cause: { message: 'the run was stopped' } })
})
