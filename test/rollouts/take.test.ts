import { expect, test } from 'vitest'
import { openAiMessages } from '../../rollouts/formats/openai-messages.ts'
import { shareGpt } from '../../rollouts/formats/share-gpt.ts'
import type { RolloutSource } from '../../rollouts/source.ts'
import { takeRollout } from '../../rollouts/take.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { storyFolder } from './story.ts'

const asked = { role: 'user', content: 'How much is 2 + 3?' }
const called = {
  role: 'assistant',
  content: 'I add them.',
  tool_calls: [
    { id: 'c1', type: 'function', function: { name: 'python', arguments: '{"code":"print(2 + 3)"}' } },
  ],
}
const result = { role: 'tool', tool_call_id: 'c1', content: '5' }
const sentence = { role: 'assistant', content: 'Together they are five, which is what you asked.' }
const from = (who: string, value: string) => ({ from: who, value })

/** The keys are those of commit 8fae837, which noted less: what was measured of such rows, and paid for, is theirs. */
const rows: [what: string, make: (file: string) => RolloutSource, row: object, key: string][] = [
  [
    'without tags, picture, key, model and tools',
    openAiMessages,
    { messages: [asked, called, result, sentence] },
    'a5cd20de1aeb25f1e6efa7bf13e2fcd7a1f9558eff2d25d9aa50b7e6bf7ad0ff',
  ],
  [
    'whose roles do not take turns',
    shareGpt,
    {
      conversations: [
        from('human', 'How much?'),
        from('human', 'Is 2 + 3?'),
        from('gpt', 'Five, as I said before.'),
      ],
    },
    '79d84399ebfc1a2ae7c2e99435ccbd889eda098b2518385a68c538acba0182f9',
  ],
]

test.each(rows)('a row %s keeps its key, whatever more is said of it', async (_, make, row, key) => {
  await using folder = await storyFolder()
  await using store = await openSqliteStore(folder.path)
  for await (const draft of make(await folder.rows('rows.jsonl', [row])).read()) {
    if ('problem' in draft) throw new Error(draft.problem)
    const python = { name: 'python', kind: 'code', description: '', parameters: { type: 'object' } } as const
    expect(await takeRollout(draft, 'theirs', { store, tools: [python] })).toMatchObject({ key })
  }
})
