import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { agentSessions } from '../../../rollouts/formats/agent-sessions.ts'
import { rolloutSourceConformance, secret } from '../../conformance/rollout-source.ts'
import { conversationIn, dataUrl, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const [asked, drawn] = [await dataUrl(8, 6), await dataUrl(4, 4)]
const answer = `${story.final}\n<answer>8</answer>`
const given = JSON.stringify({ code: story.code })
const text = (text: string) => ({ type: 'text', text })
const base64 = (url: string) => ({
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: url.split(',')[1] },
})

/** Events of Claude Code: a reply in two of them, a subagent between, and lines that are no messages. */
const claude = (() => {
  const event = (type: string, uuid: string, message: object, more = {}) => ({
    ...{ type, uuid, parentUuid: null, sessionId: 's1', isSidechain: false, cwd: '/home/x', version: '2' },
    ...{ message: { role: type, ...message }, ...more },
  })
  const reply = (uuid: string, id: string, ...content: object[]) =>
    event('assistant', uuid, { id, model: 'theirs', content })
  return [
    { type: 'summary', summary: 'A picture', leafUuid: 'e' },
    event('user', 'a0', { content: 'Caveat: not for the model.' }, { isMeta: true }),
    event('user', 'a', { content: [base64(asked), text(story.question)] }),
    reply('b', 'm1', { type: 'thinking', thinking: 'Hm.' }, text(story.thought)),
    event('assistant', 'x', { id: 'm9', content: [text('I am a subagent.')] }, { isSidechain: true }),
    reply('c', 'm1', { type: 'tool_use', id: 'c1', name: 'python', input: { code: story.code } }),
    event('user', 'd', {
      content: [{ type: 'tool_result', tool_use_id: 'c1', content: [text(story.shown), base64(drawn)] }],
    }),
    reply('e', 'm2', text(answer)),
  ]
})()

/** Events of Codex, which says most things twice. */
const codex = (() => {
  const item = (payload: object) => ({ timestamp: '', type: 'response_item', payload })
  const said = (role: string, ...content: object[]) => item({ type: 'message', role, content })
  return [
    {
      timestamp: '',
      type: 'session_meta',
      payload: { id: 's1', cwd: '/home/x', originator: 'codex_cli_rs' },
    },
    { timestamp: '', type: 'turn_context', payload: { model: 'theirs' } },
    said('user', { type: 'input_text', text: '<environment_context>\n/home/x\n</environment_context>' }),
    said('user', { type: 'input_image', image_url: asked }, { type: 'input_text', text: story.question }),
    { timestamp: '', type: 'event_msg', payload: { type: 'user_message', message: story.question } },
    item({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'x' }),
    said('assistant', { type: 'output_text', text: story.thought }),
    item({ type: 'function_call', name: 'python', arguments: given, call_id: 'c1' }),
    item({
      type: 'function_call_output',
      call_id: 'c1',
      output: [
        { type: 'input_text', text: story.shown },
        { type: 'input_image', image_url: drawn },
      ],
    }),
    said('assistant', { type: 'output_text', text: answer }),
  ]
})()

/** The Hub's own form, as its page shows it, with pictures as Chat Completions have them. */
const simple = (() => {
  const message = (role: string, content: unknown, more = {}) => ({
    type: 'message',
    message: { role, content, ...more },
  })
  const picture = (url: string) => ({ type: 'image_url', image_url: { url } })
  return [
    { type: 'session', harness: 'theirs', id: 's1', name: 'A picture' },
    message('user', [picture(asked), text(story.question)]),
    message('assistant', story.thought, {
      model: 'theirs',
      toolCalls: [{ id: 'c1', function: { name: 'python', arguments: given } }],
    }),
    message('tool', [text(story.shown), picture(drawn)], { toolCallId: 'c1' }),
    message('assistant', answer),
  ]
})()

rolloutSourceConformance(async work => {
  await using folder = await storyFolder()
  const write = async (name: string, files: readonly (readonly object[])[]) => {
    await mkdir(join(folder.path, name))
    for (const [index, lines] of files.entries()) await folder.rows(join(name, `${index}.jsonl`), lines)
    return agentSessions(join(folder.path, name))
  }
  const files: object[][] = [claude, codex, simple]
  const good = await write('good', files)
  await work({ good, rows: 3, broken: await write('broken', files.with(1, [{ note: secret }])) })
})

test.each([
  ['Claude Code', claude, ['raw_arguments']],
  ['Codex', codex, []],
  ['the Hub’s own form', simple, []],
])('a session of %s is read', async (_, lines, lacks) => {
  await using folder = await storyFolder()
  const draft = await conversationIn(agentSessions(await folder.rows('a.jsonl', lines)))
  expect(summaryOf(draft)).toEqual(toldStory)
  expect(draft).toMatchObject({ id: 's1', model: 'theirs', lacks })
})

test('a line that is no JSON is missed, and costs itself', async () => {
  await using folder = await storyFolder()
  const file = join(folder.path, 'a.jsonl')
  await writeFile(file, [...simple.map(line => JSON.stringify(line)), `{"type": "${secret}`].join('\n'))
  const draft = await conversationIn(agentSessions(file))
  expect(summaryOf(draft)).toEqual(toldStory)
  expect(draft.lacks).toEqual(['lines'])
})
