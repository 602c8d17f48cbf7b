import type { Conversation, PastCall } from './conversation.ts'
import type { Fault } from './faults.ts'
import { chance, pick } from './random.ts'
import type { Step } from './skill.ts'
import { wrongAnswer } from './wrong-answer.ts'

/** What the program says in one turn. */
export interface Said {
  text: string
  call: { name: string; arguments: string } | null
  finish: 'stop' | 'tool_calls' | 'length'
}

/** A step in words, with nothing planted. */
export function say(step: Step): Said {
  if (step.kind === 'call') {
    const call = { name: step.name, arguments: JSON.stringify(step.arguments) }
    return { text: step.thought, call, finish: 'tool_calls' }
  }
  const text = step.kind === 'answer' ? `${step.thought}\n<answer>${step.answer}</answer>` : step.thought
  return { text, call: null, finish: 'stop' }
}

interface Place {
  step: Step
  conversation: Conversation
  /** What a choice between several ways of erring depends on. */
  luck: [string, number, number]
}

/** The step gone wrong in the given way, or null where that cannot happen to this step. */
export const plant = (fault: Fault, place: Place): Said | null => plants[fault](place)

const plants: Record<Fault, (place: Place) => Said | null> = {
  wrong_answer({ step, conversation, luck }) {
    if (step.kind !== 'answer') return null
    const wrong = wrongAnswer(step.answer, conversation, luck)
    return say({ ...step, thought: step.thought.replaceAll(step.answer, wrong), answer: wrong })
  },
  python_exception({ step, luck }) {
    if (step.kind !== 'call' || typeof step.arguments.code !== 'string') return null
    const code = `${pick(raising, 'raise', ...luck)}\n${step.arguments.code}`
    return say({ ...step, arguments: { ...step.arguments, code } })
  },
  malformed_arguments({ step }) {
    const { call, ...said } = say(step)
    return call && { ...said, call: { ...call, arguments: call.arguments.slice(0, -1) } }
  },
  unknown_tool({ step, conversation }) {
    if (step.kind !== 'call') return null
    const other = lookalikes[step.name] ?? `${step.name}_tool`
    return say({ ...step, name: conversation.tools.includes(other) ? `${other}_tool` : other })
  },
  comment_only_code({ step, conversation, luck }) {
    if (step.kind !== 'answer') return null
    return python(conversation, 'Let me make sure of this with Python.', pick(comments, 'comment', ...luck))
  },
  truncated({ step, luck }) {
    const end = Math.ceil(step.thought.length * (0.3 + chance('cut', ...luck) * 0.5))
    return { text: step.thought.slice(0, end), call: null, finish: 'length' }
  },
  empty: () => ({ text: '', call: null, finish: 'stop' }),
  endless_turns({ conversation, luck }) {
    return python(conversation, pick(hesitations, 'hesitate', ...luck), again)
  },
  missing_rationale: ({ step }) => (step.kind === 'call' ? say({ ...step, thought: '' }) : null),
}

function python(conversation: Conversation, thought: string, code: string): Said | null {
  if (!conversation.tools.includes('python')) return null
  return say({ kind: 'call', thought, name: 'python', arguments: { code } })
}

const raising = [
  "from PIL import Image\npicture = Image.open('/mnt/data/input_image.png')",
  'width, height, channels = image_1.size',
  'import numpy as np\npixels = np.asarray(input_image)',
] as const

const comments = [
  '# no need to compute anything: the result is already clear from the observations',
  '# The answer follows from what was observed above.\n# Nothing is left to compute.',
] as const

const hesitations = [
  'I am not sure yet, so I look at this region once more.',
  'Let me crop the upper left part again to be certain.',
  'Before I answer I want another look at the same region.',
] as const

const again = 'region = image_1.crop((0, 0, image_1.width // 2, image_1.height // 2))\nregion.size'

const lookalikes: Record<string, string> = {
  python: 'code_interpreter',
  image_search: 'reverse_image_search',
  text_search: 'web_search',
}

/** Whether a past turn's call was planted in place of the step that luck had spoilt. */
export function wasPlanted(fault: Fault | null, call: PastCall | undefined, tools: string[]): boolean {
  if (!fault || !call) return false
  const code = call.arguments?.code
  switch (fault) {
    case 'malformed_arguments':
      return call.arguments === null
    case 'unknown_tool':
      return !tools.includes(call.name)
    case 'python_exception':
      return raising.some(line => typeof code === 'string' && code.startsWith(line))
    case 'comment_only_code':
      return comments.some(comment => comment === code)
    default:
      return false
  }
}
