import { expect, test } from 'vitest'
import { adpTrajectories } from '../../../rollouts/formats/adp-trajectories.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const text = (content: string, source: string) => ({ class_: 'text_observation', content, source })
const image = (content: string, source: string) => ({ class_: 'image_observation', content, source })
const code = { class_: 'code_action', language: 'python', content: story.code, description: story.thought }
const message = (content: string) => ({ class_: 'message_action', content, description: null })
const asked = [image('a.png', 'user'), text(story.question, 'user')]
const shown = [text(story.shown, 'environment'), image('b.png', 'environment')]
const final = message(`${story.final}\n<finish> 8 </finish>`)
const row = (id: number) => ({
  schema_version: '1.2.0',
  id: `row/${id}`,
  content: [...asked, code, ...shown, final],
  details: {},
})

rolloutSourceConformance(linesCase(file => adpTrajectories(file), row))

const read = async (...content: object[]) => {
  await using folder = await storyFolder()
  return await conversationIn(adpTrajectories(await folder.rows('rows.jsonl', [{ id: 'a', content }])))
}

test.each<[string, object[]]>([
  ['code with its thought', [code]],
  ['code behind words', [message(story.thought), { ...code, description: null }]],
  [
    'a call with its thought',
    [{ class_: 'api_action', function: 'python', kwargs: { code: story.code }, description: story.thought }],
  ],
])('%s is a turn, and what came back belongs to it', async (_, acted) => {
  const draft = await read(...asked, ...acted, ...shown, final)
  const parted = summaryOf(draft)
  const turns = parted.turns.map(turn => ({
    ...turn,
    results: turn.results.length > 0 ? [turn.results.flat()] : [],
  }))
  expect({ ...parted, turns }).toEqual(toldStory)
  expect(draft.lacks).toEqual(['raw_arguments'])
})

test('an observation goes to the call that it names', async () => {
  const [one, two] = ['c1', 'c2'].map(tool_call_id => ({ ...code, tool_call_id }))
  const seen = ['c2', 'c1'].map(tool_call_id => ({ ...text(tool_call_id, 'environment'), tool_call_id }))
  const draft = await read(...asked, one ?? {}, two ?? {}, ...seen, final)
  expect(draft.turns[0]).toMatchObject({ calls: [{}, {}], results: [{ of: 1 }, { of: 0 }] })
})

test('code of other languages is not run, and a page is its words and its picture', async () => {
  const page = {
    class_: 'web_observation',
    url: 'https://example.com',
    axtree: 'a heading',
    html: '<h1>',
    image_observation: image('b.png', 'environment'),
  }
  const draft = await read(...asked, { ...code, language: 'bash' }, page, final)
  expect(summaryOf(draft).turns[0]).toMatchObject({
    code: [undefined],
    results: [['https://example.com\na heading', 'picture']],
  })
})
