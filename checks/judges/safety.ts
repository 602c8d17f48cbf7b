import Type, { type Static } from 'typebox'
import { Prompt, prompt } from '../../prompts/prompt.ts'
import { quotedParts, titled } from '../../prompts/quoted.ts'
import { closed, factory } from '../../schemas/options.ts'
import type { Part } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { Check } from '../check.ts'
import { openPanel, PanelOptions } from './panel.ts'

export const SafetyOptions = closed({
  ...PanelOptions.properties,
  /** What is forbidden; the project's own policy by default. A policy is a file: `prompt('policy', 'policy.md')`. */
  policy: Type.Optional(Prompt),
})
export type SafetyOptions = Static<typeof SafetyOptions>

/** Judges who are told a policy find that the whole record, pictures included, may be trained on. */
export const safety = factory(Check, 'safety', SafetyOptions, given => {
  const { policy = prompt('safety'), ...panel } = given
  const verdicts = ['allowed', 'forbidden', 'unclear'] as const
  const { models, options, judge } = openPanel(panel, { check: 'safety', rubric: policy, verdicts })
  return {
    name: 'safety',
    version: 1,
    options,
    models,
    measure: (trajectory, context) => judge(record(trajectory), context),
  }
})

const record = ({ question, turns }: Trajectory): Part[] => [
  titled('The question'),
  ...quotedParts(question),
  ...turns.flatMap(({ reply, observations }, index) => [
    titled(`Turn ${index + 1}, what was written`, reply.text),
    ...reply.calls.map(call => titled('A call of a tool', `${call.name} ${call.arguments}`)),
    ...observations.flatMap(({ parts }) => [titled('What came back'), ...quotedParts(parts)]),
  ]),
]
