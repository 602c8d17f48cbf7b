import { factory, noOptions } from '../schemas/options.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { Check, fail, type Measurement, pass } from './check.ts'
import { type TurnRead, turnsRead } from './reading/turns-read.ts'

/** What heads a result in transcripts, and who else speaks in them. */
const result =
  '(?:Observation|(?:Tool|Function|API|Code|Execution|Code execution) (?:output|result|response)s?|观察(?:结果)?|工具(?:返回|结果|输出))'
const speaker = `(?:${result}|User|Human|Assistant|用户|助手)`
const count = String.raw`(?: ?[[(]?\d+[\])]?)?`

/** Text that only a tool may write, or the program that shows its result to the model. */
const markers: RegExp[] = [
  /<\/?(?:tool_response|tool_result|function_results?|observation|information|execution_results?|output)>/i,
  /<\|im_(?:start|end)\|>/,
  /<\|(?:eot_id|start_header_id|end_header_id|observation|user|tool)\|>/,
  /^[ \t]*```(?:outputs?|stdout|console|result|tool_\w+)\b/im,
  /^[ \t]*(?:stdout|stderr):/im,
  /^[ \t]*A Google (?:image )?search for .{0,200} found \d+ results:/im,
  /^[ \t]*Found \d+ results? for .{1,200}:$/im,
  /^[ \t]*Images: image_\d+ \(\d+x\d+\)/im,
  /^[ \t]*>>> /m,
  /^[ \t]*Out\[\d+\]:/m,
  /^[ \t]*\[(?:tool )?(?:output|result|response)\][ \t]*$/im,
  /^[ \t]*\*\*(?:Output|Result):?\*\*:?[ \t]*$/im,
  /^[ \t]*(?:\*\*)?Result:?(?:\*\*)?:?[ \t]*[`"']?-?\d[\d.,]*%?[`"']?[ \t]*$/im,
  // Headed as in ReAct (arXiv 2210.03629), in whatever layout.
  ...[speaker, speaker.toUpperCase()].map(
    each => new RegExp(String.raw`^[ \t>*_#[(-]*${each}${count}[\])*_ ]*[:：].*$`, 'mu'),
  ),
  new RegExp(String.raw`^[ \t]*(?:\*\*|__|#+ |\[)${result}${count}[\])*_ ]*$`, 'mu'),
]

/**
 * The model's own text holds nothing that only a tool may say. Examples are marks of a result and another speaker's
 * turn. Such text teaches a student to make results up. A line that stands in the question or in what a tool gave
 * before is quoted.
 *
 * It cannot see: results that are told without a mark, which the signal `misquoted` guesses at.
 */
export const inventedObservation = factory(Check, 'inventedObservation', noOptions, () => ({
  name: 'invented_observation',
  version: 4,
  options: {},
  async measure(trajectory) {
    const steps = turnsRead(trajectory)
    for (const [index, step] of steps.entries()) {
      const before = steps.slice(0, index)
      const problem = marked(step, before, trajectory)
      if (problem) return problem
    }
    return pass()
  },
}))

function marked(
  { thought, turn }: TurnRead,
  before: readonly TurnRead[],
  { task }: Trajectory,
): Measurement | null {
  const shown = [task.question, ...before.map(({ seen }) => seen)].join('\n')
  const found = markers.map(marker => marker.exec(withoutPrompts(thought))?.[0]).find(Boolean)
  return found && !shown.includes(found.trim())
    ? fail('result_marker', `turn ${turn}: ${excerpt(found)}`)
    : null
}

/** Within a fence, `>>>` is how code is quoted. */
const withoutPrompts = (thought: string): string =>
  thought.replace(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, fence => fence.replace(/^([ \t]*)>>> /gm, '$1'))
