import { expect, test } from 'vitest'
import { sayings } from '../../../checks/signals/sayings.ts'
import { pythonTurn } from '../../fixtures.ts'
import { sight } from './sight.ts'

type Name = (typeof sayings)[number]['name']

function named(name: Name) {
  const found = sayings.find(each => each.name === name)
  if (!found) throw new Error(`there is no ${name}`)
  return found
}

/** What is said in the last thought, and whether it is a saying of that kind. */
test.each<[Name, string, boolean]>([
  ['apology', 'I apologize for the confusion.', true],
  ['apology', 'You’re absolutely right, the width is missing.', true],
  ['apology', 'The left one is right.', false],
  ['guess', 'I will make an educated guess: 8.', true],
  ['guess', 'Let me make a reasonable assumption.', true],
  ['guess', 'My best guess is 8.', true],
  ['guess', 'The game is called Guess Who.', false],
  ['guess', 'Assume that x is 8.', false],
  ['refused', 'I’m sorry, but I can’t assist with that request.', true],
  ['refused', 'As an AI language model, I have no eyes.', true],
  ['refused', 'Sorry, I cannot identify real people.', true],
  ['refused', 'I won’t discuss this.', true],
  ['refused', 'I’m sorry, but I can’t make out the third digit yet, so I enlarge that corner.', false],
  ['refused', 'I can’t help but notice the border.', false],
  ['refused', 'I treat it as an AI-generated image.', false],
  ['missing_evidence', 'The page does not mention the year.', true],
  ['missing_evidence', 'There is no information about it.', true],
  ['missing_evidence', 'It cannot be determined from the picture.', true],
  ['missing_evidence', 'The year isn’t shown anywhere.', true],
  ['missing_evidence', 'It is not red.', false],
  ['missing_evidence', 'The label says 8.', false],
  ['next_question', 'It is 8.\n\nQuestion: How high is it?', true],
  ['next_question', 'It is 8.\n**Task 2:** measure the height', true],
  ['next_question', 'The question: how wide is it? It is 8 wide.', false],
  ['prompt_talk', 'The user wants one number.', true],
  ['prompt_talk', 'But the prompt says to be short.', true],
  ['prompt_talk', 'I have only one interaction left, so I answer.', true],
  ['prompt_talk', 'This is my last attempt.', true],
  ['prompt_talk', 'At the crossing it turns left.', false],
  ['prompt_talk', 'The users of this bridge pay 8.', false],
])('%s: %j', async (name, thought, seen) => {
  const saying = named(name)
  expect(await sight(saying, { thought })).toBe(seen ? 1 : null)
  expect(await sight(saying, { thought: `\`\`\`\n${thought}\n\`\`\`` })).toBeNull()
})

test('that evidence is missing is none where another look follows, or where the answer says so', async () => {
  const missing = named('missing_evidence')
  const thought = 'The page does not mention it.'
  expect(await sight(missing, { turns: [pythonTurn({}, thought)] })).toBeNull()
  expect(await sight(missing, { thought, answer: 'It cannot be determined.' })).toBeNull()
  expect(await sight(missing, { thought })).toBe(1)
})

/** What is said in a turn that calls, before anything was given or after it. */
test.each([
  ['The tool has been used to locate the bars.', true],
  ['I count. The output was 8.', true],
  ['I see what the output is.', false],
  ['The tool may be used to locate the bars.', false],
])('%j ahead of the first call', async (thought, seen) => {
  const ahead = named('told_ahead')
  expect(await sight(ahead, { turns: [pythonTurn({}, thought)] })).toBe(seen ? 1 : null)
  expect(await sight(ahead, { turns: [pythonTurn(), pythonTurn({}, thought)] })).toBeNull()
  expect(await sight(ahead, { thought })).toBeNull()
})
