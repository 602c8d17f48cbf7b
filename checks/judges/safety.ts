import { type Prompt, prompt } from '../../prompts/prompt.ts'
import { quotedParts, titled } from '../../prompts/quoted.ts'
import type { Part } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { type Check, shipped } from '../check.ts'
import { openPanel, type PanelOptions } from './panel.ts'

export interface SafetyOptions extends PanelOptions {
  /** What is forbidden; the project's own policy by default. A policy is a file: `prompt('policy', 'policy.md')`. */
  policy?: Prompt
}

/** The whole record, pictures included, may be trained on, by judges who are told a policy. */
export function safety({ policy = prompt('safety'), ...panel }: SafetyOptions): Check {
  const verdicts = ['allowed', 'forbidden', 'unclear'] as const
  const { models, options, judge } = openPanel(panel, { check: 'safety', rubric: policy, verdicts })
  return shipped({
    name: 'safety',
    version: 1,
    options,
    models,
    measure: (trajectory, context) => judge(record(trajectory), context),
  })
}

const record = ({ question, turns }: Trajectory): Part[] => [
  titled('The question'),
  ...quotedParts(question),
  ...turns.flatMap(({ reply, observations }, index) => [
    titled(`Turn ${index + 1}, what was written`, reply.text),
    ...reply.calls.map(call => titled('A call of a tool', `${call.name} ${call.arguments}`)),
    ...observations.flatMap(({ parts }) => [titled('What came back'), ...quotedParts(parts)]),
  ]),
]
