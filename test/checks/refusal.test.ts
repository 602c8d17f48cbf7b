import { describe, expect, test } from 'vitest'
import { refusal } from '../../checks/refusal.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, pythonTurn, reply, trajectory } from '../fixtures.ts'

const saying = (text: string) => trajectory({ turns: [pythonTurn({}, text), answerTurn('8')] })
const measure = (text: string) => refusal().measure(saying(text), noContext)

describe('refusal', () => {
  checkConformance(async use =>
    use({
      check: refusal(),
      context: noContext,
      passing: saying('I measure it.'),
      failing: saying("I'm sorry, but I can't help with that."),
    }),
  )
})

test.each([
  ['I’m sorry, but I can’t assist with that request.', 'refused'],
  ['I am sorry, I cannot do this.', 'refused'],
  ['I cannot identify real people in images.', 'refused'],
  ['As an AI language model, I have no eyes.', 'refused'],
  ['I am a text-based assistant.', 'refused'],
  ['I must decline.', 'refused'],
  ['My guidelines do not allow me to answer this.', 'refused'],
  ['I have no way of viewing images.', 'cannot_see'],
  ['Sorry, I won’t be able to answer questions about this image.', 'refused'],
  ['I am unable to view images directly.', 'cannot_see'],
  ["I can't see the image you mention.", 'cannot_see'],
  ["I don't have the ability to process images.", 'cannot_see'],
  ['No image was provided.', 'cannot_see'],
  ['This is something I must decline to do.', 'refused'],
  ['I must respectfully decline to answer.', 'refused'],
  ['My apologies, but that is beyond what I can do.', 'refused'],
  ['I’m not allowed to comment on such images.', 'refused'],
  ['This may violate our content policy.', 'refused'],
  ['I was not given any image.', 'cannot_see'],
  ["Sorry, that's not something I can help you with.", 'refused'],
  ['Answering this would go against my usage policies.', 'refused'],
  ["I won't be providing an answer.", 'refused'],
  ['I have no access to the picture you uploaded.', 'cannot_see'],
  ['I do not possess visual capabilities.', 'cannot_see'],
  ['It looks like no image came through.', 'cannot_see'],
  ['Could you please upload the image?', 'cannot_see'],
])('%j is a refusal', async (text, reason) => {
  expect(await measure(text)).toMatchObject({ reason, detail: expect.stringMatching(/^turn 1: /) })
})

test.each([
  ['I cannot see the details, so I crop.'],
  ['I can’t see the image clearly at this size.'],
  ['I cannot see the image in full, so I resize it.'],
  ['I cannot read the label; I enlarge it.'],
  ['I can’t help but notice the border.'],
  ['It looks like an AI-generated picture.'],
  ['I treat it as an AI-generated image.'],
  ['Without a crop I won’t be able to read it.'],
  ['Sorry, I made a typo. I correct it.'],
  ['I am not able to answer this yet, so I crop.'],
  ['That is not something I can tell without a closer look.'],
  ['`I cannot see images` is printed on it.'],
])('%j is none', async text => {
  expect(await measure(text)).toMatchObject({ passed: true })
})

test('after a call that failed, not to have an image is no refusal', async () => {
  const error = { name: 'FileNotFoundError', value: '', traceback: '' }
  const turns: Turn[] = [
    pythonTurn({ status: 'error', error, stdout: '' }),
    pythonTurn({}, 'No image was provided under that name; image_1 is there.'),
    answerTurn('8'),
  ]
  expect(await refusal().measure(trajectory({ turns }), noContext)).toMatchObject({ passed: true })
})

test.each(['cannot be determined', 'It can’t be determined', 'Unknown', 'N/A', "I don't know"])(
  '%j is no answer, unless it is the task’s',
  async answer => {
    const base = trajectory({ turns: [answerTurn(answer)], outcome: { kind: 'answered', answer } })
    expect(await refusal().measure(base, noContext)).toMatchObject({ reason: 'evasive_answer' })
    const task = { ...base.task, answerType: 'text' as const, answer }
    expect(await refusal().measure({ ...base, task }, noContext)).toMatchObject({ passed: true })
  },
)

test('a reply that the provider ended for its content is one', async () => {
  const turns: Turn[] = [{ reply: reply({ stop: 'content_filter' }), observations: [] }]
  expect(await refusal().measure(trajectory({ turns }), noContext)).toMatchObject({
    reason: 'refused',
    detail: 'turn 1 ended by content_filter',
  })
})
