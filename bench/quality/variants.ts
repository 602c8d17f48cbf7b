import sharp from 'sharp'
import { imageBytes } from '../../tasks/image-values.ts'
import type { TaskDraft, TaskSource } from '../../tasks/source.ts'
import type { Seen, Skill, Step } from '../../teachers/program/skill.ts'
import { skills } from '../../teachers/program/skills.ts'
import { dotsSkill } from './families/dots.ts'
import { signsSkill } from './families/signs.ts'

/** Faults of a whole task: the program solves the changed task, so that its record is whole. */
export interface Variant {
  name: string
  change(draft: TaskDraft): Promise<TaskDraft> | TaskDraft
}

const sum = { first: 17, second: 25 }

export const variants: readonly Variant[] = [
  {
    name: 'near-duplicate',
    change: async draft => ({
      ...(await redrawn(draft, async bytes => {
        const { width } = await sharp(bytes).metadata()
        return sharp(bytes)
          .resize(Math.round(width * 1.25))
          .png()
          .toBuffer()
      })),
      question: `${draft.question.replace(/\?$/, '')} ?`,
    }),
  },
  {
    name: 'flipped duplicate',
    change: draft => redrawn(draft, bytes => sharp(bytes).flop().png().toBuffer()),
  },
  {
    name: 'needless tool',
    change: draft => ({
      ...draft,
      question: `What is ${sum.first} plus ${sum.second}?`,
      answer: String(sum.first + sum.second),
      answerType: 'number',
      tolerance: null,
      choices: null,
    }),
  },
]

/** The first `count` tasks of each source, changed. */
export const changed = ({ name, change }: Variant, source: TaskSource, count: number): TaskSource => ({
  name: `${source.name}: ${name}`,
  options: { ...source.options, count },
  async *read() {
    let made = 0
    for await (const entry of source.read()) {
      if ('problem' in entry || made++ >= count) continue
      yield { ...(await change(entry)), id: `${entry.id}/${name}`, place: `${entry.place}/${name}` }
    }
  },
})

/** Which variant a task is, and of which task. */
export function variantOf(id: string): { name: string; of: string } | null {
  const found = variants.find(({ name }) => id.endsWith(`/${name}`))
  return found ? { name: found.name, of: id.slice(0, -found.name.length - 1) } : null
}

async function redrawn(
  draft: TaskDraft,
  draw: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<TaskDraft> {
  const images = draft.images.map(async image => ({
    place: image.place,
    bytes: await draw(await imageBytes(image)),
  }))
  return { ...draft, images: await Promise.all(images) }
}

const isSum = (question: string): boolean => /^What is \d+ plus \d+\?/.test(question.trim())

function total(question: string): number {
  const [, a, b] = /(\d+) plus (\d+)/.exec(question) ?? []
  return Number(a) + Number(b)
}

const calculated: Skill = {
  name: 'sum',
  fits: isSum,
  next: ({ question, steps }: Seen): Step =>
    steps.length === 0
      ? {
          kind: 'call',
          thought: 'I add the two numbers with code.',
          name: 'python',
          arguments: { code: `a, b = ${sum.first}, ${sum.second}\nprint('sum:', a + b)` },
        }
      : {
          kind: 'answer',
          thought: `The code printed the sum, ${total(question)}.`,
          answer: String(total(question)),
        },
}

/** What the teacher can do. */
export const teacherSkills: readonly Skill[] = [calculated, dotsSkill, signsSkill, ...skills]

/** A student that can add and nothing else. */
export const studentSkills: readonly Skill[] = [
  {
    name: 'mental arithmetic',
    fits: () => true,
    next: ({ question }) =>
      isSum(question)
        ? { kind: 'answer', thought: 'I add them in my head.', answer: String(total(question)) }
        : { kind: 'give_up', thought: 'I cannot tell this without looking closely.' },
  },
]
