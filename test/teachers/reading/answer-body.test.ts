import { expect, test } from 'vitest'
import { answerOf } from '../../../teachers/reading/answer-body.ts'
import { NoReply } from '../../../teachers/reading/no-reply.ts'

/** A call that is answered by these pieces, as the packages hold one. */
function call(pieces: readonly (string | Uint8Array | Error)[], type = 'text/event-stream') {
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) {
        if (piece instanceof Error) controller.error(piece)
        else controller.enqueue(typeof piece === 'string' ? Buffer.from(piece) : piece)
      }
      if (!pieces.some(piece => piece instanceof Error)) controller.close()
    },
  })
  const response = new Response(body, { headers: { 'content-type': type } })
  return Object.assign(Promise.resolve('by the package'), { asResponse: async () => response })
}
const never = () => false
const json = { type: 'application/json' }.type

test.each<[string, Parameters<typeof call>, unknown]>([
  ['JSON', [['{"a":', '1}'], json], { whole: { a: 1 } }],
  ['JSON behind blanks', [[' \n\n', '{"a":1}'], json], { whole: { a: 1 } }],
  ['JSON behind comments', [[': PROCESSING\n\n', ': PROCESSING\n\n{"a":1}\n'], json], { whole: { a: 1 } }],
  ['null', [['null'], json], { whole: null }],
  ['a page', [['<html>', 'no</html>'], 'text/html'], { whole: '<html>no</html>' }],
  ['words', [['busy'], 'text/plain'], { whole: 'busy' }],
  ['nothing', [[], json], { whole: '' }],
  ['a list of JSON', [['{"a":1}\n{"a":2}\n'], json], { events: [{ a: 1 }, { a: 2 }] }],
  ['events', [['data: {"a":1}\n\ndata: [DONE]\n\n']], { events: [{ a: 1 }, '[DONE]'] }],
  ['a record of several lines', [['data: {"a":\ndata: 1}\n\n']], { events: [{ a: 1 }] }],
  [
    'an error that is a text',
    [['event: error\ndata: busy\n\n']],
    { events: [{ type: 'error', message: 'busy' }] },
  ],
  [
    'a form of the package’s own',
    [['\0\0'], 'application/vnd.amazon.eventstream'],
    { whole: 'by the package' },
  ],
])('%s', async (_, given, expected) => {
  expect(await answerOf(call(...given), never)).toEqual(expected)
})

test('a character that is cut into two pieces is one', async () => {
  const [first, ...rest] = Buffer.from('"é"')
  const pieces = [new Uint8Array([first ?? 0, rest[0] ?? 0]), new Uint8Array(rest.slice(1))]
  expect(await answerOf(call(pieces, json), never)).toEqual({ whole: 'é' })
})

test('what broke off is no answer, unless events came', async () => {
  const broken = new Error('reset')
  await expect(answerOf(call([broken]), never)).rejects.toMatchObject({
    message: 'the connection broke',
    cause: broken,
  })
  const pulled = answerOf(
    {
      ...Promise.resolve(),
      asResponse: async () => new Response(brokenBehind('data: {"a":1}\n\n')),
    } as never,
    never,
  )
  expect(await pulled).toEqual({ events: [{ a: 1 }], broke: expect.any(NoReply) })
})

const brokenBehind = (text: string) => {
  let pulls = 0
  return new ReadableStream(
    {
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(Buffer.from(text))
        else controller.error(new Error('reset'))
      },
    },
    { highWaterMark: 0 },
  )
}

test.each(['{"a":', '[1', '{"a":1}}'])('%s is JSON that was cut or is none', async text => {
  await expect(answerOf(call([text], json), never)).rejects.toBeInstanceOf(NoReply)
})

test('nothing is waited for behind the last event', async () => {
  const open = new ReadableStream({
    start: controller => controller.enqueue(Buffer.from('data: {"a":1}\n\n')),
  })
  const asked = { ...Promise.resolve(), asResponse: async () => new Response(open) } as never
  expect(await answerOf(asked, () => true)).toEqual({ events: [{ a: 1 }] })
})

test('a client that others wrapped gives what its package read', async () => {
  expect(await answerOf(Promise.resolve({ a: 1 }), never)).toEqual({ whole: { a: 1 } })
  const stream = (async function* () {
    yield { a: 1 }
  })()
  expect(await answerOf(Promise.resolve(stream), never)).toEqual({ events: [{ a: 1 }] })
})
