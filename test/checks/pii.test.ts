import { describe, expect, test } from 'vitest'
import { type PiiOptions, pii } from '../../checks/pii.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, observation, pythonTurn, trajectory } from '../fixtures.ts'

const saying = (text: string) => trajectory({ turns: [pythonTurn({}, text), answerTurn('8')] })
const measure = (text: string, options?: PiiOptions) => pii(options).measure(saying(text), noContext)

describe('pii', () => {
  checkConformance(async use =>
    use({
      check: pii(),
      context: noContext,
      passing: saying('I measure it.'),
      failing: saying('Ask jane.doe@acme.io.'),
    }),
  )
})

test.each([
  ['email', 'Write to jane.doe+x@mail.acme.co.uk today.'],
  ['email', '<jane@acme.io>'],
  ['phone', 'Call +49 30 901820.'],
  ['phone', 'Call (212) 555-2368 now.'],
  ['phone', 'Tel: 212-555-2368'],
  ['phone', 'Tel: 212.555.2368'],
  ['card', '4111 1111 1111 1111'],
  ['card', '4111 1111 1111 1111, exp. 09/27'],
  ['card', '3782-822463-10005'],
  ['card', 'My card number is 4111111111111111.'],
  ['iban', 'DE89 3704 0044 0532 0130 00'],
  ['iban', 'GB82WEST12345698765432'],
  ['ssn', 'SSN 219-09-9999'],
  ['ip', 'from 185.199.108.153'],
  ['ip', 'IP: 8.8.8.8'],
  ['ip', '2a00:1450:4001:0831:0000:0000:0000:200e'],
])('%s: %j', async (kind, text) => {
  const measured = await measure(text)
  expect(measured).toMatchObject({ reason: kind, detail: expect.stringMatching(/^turn 1, thought: "...…"$/) })
})

test.each([
  ['icon@2x.png'],
  ['someone@example.com'],
  ['a @ b.c'],
  ['3.14159265358979 and 4503599627370496 and 4111111111111111'],
  ['[1790, 2341, 5551234567, 2125552368]'],
  ['123 456 7890'],
  ['[2125552368, 4155552671] beside 31-416-1180'],
  ['size 448x448, x 31-416, y 118-409'],
  ['2026-11-26 12:30:45'],
  ['219-09-99999 and 000-12-3456'],
  ['OpenCV 4.6.0.66 and version 10.123.104.211'],
  ['127.0.0.1, 192.168.178.20, 10.100.200.100 and 203.0.113.77'],
  ['4111 1111 1111 1112'],
  ['DE00 3704 0044 0532 0130 00'],
  ['total: 110,879 sq km; land: 108,489 sq km; 25.4% (2011)'],
  ['reading: DFW = 281300.0, IAH = 185200.0 + 4930901820'],
])('%j holds nobody’s data', async text => {
  expect(await measure(text)).toMatchObject({ passed: true })
})

test('the question, calls and observations are read too, and where to look is an option', async () => {
  const mail = 'jane@acme.io'
  const base = saying('I measure it.')
  const asked = { ...base, task: { ...base.task, question: `Who is ${mail}?` } }
  expect(await pii().measure(asked, noContext)).toMatchObject({ reason: 'email', detail: 'question: "jan…"' })
  expect(await pii({ where: ['thoughts'] }).measure(asked, noContext)).toMatchObject({ passed: true })
  const called = trajectory({ turns: [pythonTurn({ code: `print(1)\nprint("${mail}")` }), answerTurn('8')] })
  expect(await pii().measure(called, noContext)).toMatchObject({ detail: 'turn 1, call: "jan…"' })
  const seen = { ...pythonTurn(), observations: [observation({ parts: [{ type: 'text', text: mail }] })] }
  expect(await pii().measure(trajectory({ turns: [seen, answerTurn('8')] }), noContext)).toMatchObject({
    detail: 'turn 1, observation: "jan…"',
  })
})

test('which kinds, and whose telephone numbers, are options', async () => {
  expect(await measure('jane@acme.io', { kinds: ['phone'] })).toMatchObject({ passed: true })
  expect(await measure('Tel. 030-901820', { country: 'DE' })).toMatchObject({ reason: 'phone' })
  expect(await measure('Tel. 030-901820')).toMatchObject({ passed: true })
})
