import { factory, noOptions } from '../schemas/options.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { numbersIn, numeralsIn, says } from '../words/numerals.ts'
import { Check, fail, type Measurement, pass } from './check.ts'
import { claimsIn, tellsOutcome, toolSentences } from './reading/claims.ts'
import { gave, type TurnRead, turnsRead, unescaped } from './reading/turns-read.ts'

/** Text that only a tool may write, or the program that shows its result to the model. */
const markers: RegExp[] = [
  /<\/?(?:tool_response|tool_result|function_results?|observation|information|execution_results?|output)>/i,
  /<\|im_(?:start|end)\|>/,
  /<\|(?:eot_id|start_header_id|end_header_id|observation|user|tool)\|>/,
  /^[ \t]*(?:Code execution result|Execution result|Tool (?:result|response|output)):/im,
  /^[ \t]*```(?:outputs?|stdout|console|result|tool_\w+)\b/im,
  /^[ \t]*(?:stdout|stderr):/im,
  /^[ \t]*A Google (?:image )?search for .{0,200} found \d+ results:/im,
  /^[ \t]*Found \d+ results? for .{1,200}:$/im,
  /^[ \t]*Images: image_\d+ \(\d+x\d+\)/im,
  /^[ \t]*>>> /m,
  /^[ \t]*Out\[\d+\]:/m,
  /^[ \t]*\[(?:tool )?(?:output|result|response)\][ \t]*$/im,
  /^[ \t]*\*\*(?:Output|Result):?\*\*:?[ \t]*$/im,
  /^[ \t]*(?:\*\*)?(?:Observation|Result):?(?:\*\*)?:?[ \t]*[`"']?-?\d[\d.,]*%?[`"']?[ \t]*$/im,
  /\n\n(?:User|Human): /,
]

/**
 * The model's own text holds nothing that only a tool may say. Examples are marks of a result, another speaker's turn,
 * a report of what a call gave before any call was made or before this one was answered, and images that nobody showed.
 * Such text teaches a student to make results up.
 *
 * It cannot see: results stated without a mark and without words such as "the output shows"; other languages. A
 * variable of the code may have an image's name.
 */
export const inventedObservation = factory(Check, 'inventedObservation', noOptions, () => ({
  name: 'invented_observation',
  version: 2,
  options: {},
  async measure(trajectory) {
    const steps = turnsRead(trajectory)
    for (const [index, step] of steps.entries()) {
      const problem =
        marked(step) ??
        foretold(step, steps.slice(0, index), trajectory) ??
        unseen(step, steps.slice(0, index), trajectory)
      if (problem) return problem
    }
    return pass()
  },
}))

function marked({ thought, turn }: TurnRead): Measurement | null {
  const found = markers.map(marker => marker.exec(thought)?.[0]).find(Boolean) ?? playedOut(thought)
  return found ? fail('result_marker', `turn ${turn}: ${excerpt(found)}`) : null
}

/** An action written as text, and behind it its observation, as in ReAct (arXiv 2210.03629). Alone, either is prose. */
function playedOut(thought: string): string | undefined {
  const action = thought.search(/^[ \t]*Action(?: Input)?:/im)
  return action < 0 ? undefined : /^[ \t]*Observation:/im.exec(thought.slice(action))?.[0]
}

/** A report with nothing to report from, or of a number that only this turn's own call gave. */
function foretold(step: TurnRead, before: readonly TurnRead[], { task }: Trajectory): Measurement | null {
  if (step.calls.length === 0) return null
  const claims = claimsIn(step.thought)
  const nothingYet = !before.some(({ observations }) => observations.some(each => gave(each) || each.mistake))
  const early = claims.find(({ subject, told }) =>
    nothingYet ? subject === 'text' : onlyIn(told, step, before, task.question),
  )
  const sentence = early?.sentence ?? (nothingYet ? numbered(step, task.question) : undefined)
  return sentence ? fail('result_before_call', `turn ${step.turn}: ${excerpt(sentence, 160)}`) : null
}

/** A report of what a tool gave, with a number that neither the question nor the call gives. */
function numbered({ thought, calls }: TurnRead, question: string): string | undefined {
  const known = numbersIn([question, ...calls.map(call => unescaped(call.arguments))].join('\n'))
  return toolSentences(thought)
    .filter(tellsOutcome)
    .find(sentence => numeralsIn(sentence).some(number => !known.some(each => says(number, each))))
}

function onlyIn(
  told: string,
  { seen, calls }: TurnRead,
  before: readonly TurnRead[],
  question: string,
): boolean {
  const known = [
    question,
    ...before.map(step => `${step.seen}\n${step.thought}`),
    ...calls.map(call => unescaped(call.arguments)),
  ]
  const [earlier, own] = [numbersIn(known.join('\n')), numbersIn(seen)]
  return numeralsIn(told).some(
    number => own.some(each => says(number, each)) && !earlier.some(each => says(number, each)),
  )
}

/** How many images a turn that is about to show some may speak of in advance. */
const ahead = 2

function unseen(step: TurnRead, before: readonly TurnRead[], { question }: Trajectory): Measurement | null {
  const shown =
    question.filter(part => part.type === 'image').length +
    before.reduce((sum, { images }) => sum + images.length, 0)
  const known = step.calls.length === 0 ? shown : shown + Math.max(ahead, step.images.length)
  const code = [...before, step].flatMap(({ calls }) => calls.map(call => call.arguments)).join('\n')
  const stray = [...step.thought.matchAll(/\bimage_(\d+)\b/g)].find(
    ([name, number]) => !isShown(Number(number), known) && !code.includes(name),
  )
  return stray ? fail('unseen_image', `turn ${step.turn} speaks of ${stray[0]}; ${shown} were shown`) : null
}

const isShown = (number: number, known: number): boolean => number >= 1 && number <= known
