import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DraftConversation, DraftPart, RolloutDraft, RolloutSource } from '../../rollouts/source.ts'
import type { Problem } from '../../tasks/source.ts'
import { secret } from '../conformance/rollout-source.ts'
import { png, temporaryFolder } from '../fixtures.ts'

/** One rollout, which every format tells in its own way: a picture is measured and cropped, and the answer is 8. */
export const story = {
  system: 'You look at pictures.',
  question: 'How wide is the picture?',
  thought: 'I measure it first.',
  code: 'print(image_1.width)\nimage_1.crop((0, 0, 4, 4))',
  shown: 'stdout:\n8\n\nImages: image_2 (4x4)',
  final: 'It is 8 pixels wide.',
  answer: '8',
} as const

/** The same in kindling's terms, as far as a format can tell it. */
export const toldStory = {
  question: [story.question, 'picture'],
  turns: [
    { text: story.thought, code: [story.code], results: [[story.shown, 'picture']] },
    { text: `${story.final}\n<answer>8</answer>`, code: [], results: [] },
  ],
  answer: '8',
}

/** Of a draft what a story is compared by: pictures by their word alone, the question's at its end. */
export function summaryOf(draft: RolloutDraft | Problem | undefined) {
  if (!draft || !('kind' in draft) || draft.kind !== 'conversation') throw new Error(JSON.stringify(draft))
  const shown = (parts: readonly DraftPart[]) =>
    parts.map(part => (part.type === 'text' ? part.text : part.type === 'gap' ? part.gap : 'picture'))
  const asked = shown(draft.question)
  return {
    question: [...asked.filter(each => each !== 'picture'), ...asked.filter(each => each === 'picture')],
    turns: draft.turns.map(({ text, calls, results }) => ({
      text,
      code: calls.map(({ code }) => code),
      results: results.map(({ parts }) => shown(parts)),
    })),
    answer: draft.answer,
  }
}

/** A folder with the story's pictures, `a.png` and `b.png`, and files of rows in JSON. */
export async function storyFolder() {
  const folder = await temporaryFolder()
  const { path } = folder
  await writeFile(join(path, 'a.png'), await png(8, 6))
  await writeFile(join(path, 'b.png'), await png(4, 4))
  return {
    path,
    async rows(name: string, rows: readonly unknown[]): Promise<string> {
      await writeFile(join(path, name), rows.map(row => `${JSON.stringify(row)}\n`).join(''))
      return join(path, name)
    },
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  }
}

export const dataUrl = async (width: number, height: number): Promise<string> =>
  `data:image/png;base64,${(await png(width, height)).toString('base64')}`

/** The case of a format whose rows are lines: three of `row`, and one of them none in the broken file. */
export const linesCase =
  (make: (file: string) => RolloutSource, row: (id: number) => unknown, none: unknown = { note: secret }) =>
  async (work: (sources: { good: RolloutSource; rows: number; broken: RolloutSource }) => Promise<void>) => {
    await using folder = await storyFolder()
    const rows = [1, 2, 3].map(row)
    const good = await folder.rows('good.jsonl', rows)
    const broken = await folder.rows('broken.jsonl', rows.with(1, none))
    await work({ good: make(good), rows: 3, broken: make(broken) })
  }

/** The only draft of rows that a format reads. */
export async function conversationIn(source: RolloutSource): Promise<DraftConversation> {
  const [draft] = await Array.fromAsync(source.read())
  if (!draft || !('kind' in draft) || draft.kind !== 'conversation') throw new Error(JSON.stringify(draft))
  return draft
}
