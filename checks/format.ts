import Type, { type Static } from 'typebox'
import { answerSaid, answerTagsIn } from '../answers/reading/answer-said.ts'
import { studentGuard } from '../prompts/deepeyes.ts'
import type { Image } from '../schemas/image.ts'
import { closed, count, factory, filledText } from '../schemas/options.ts'
import type { Part } from '../schemas/task.ts'
import type { Trajectory, Turn } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { Check, fail, type Measurement, pass } from './check.ts'
import { byteBound, TokenCounter, tokenizerFile } from './reading/token-counter.ts'

export const FormatOptions = closed({
  /** Whether one turn may make several calls. Some targets have no words for that. */
  parallelCalls: Type.Optional(Type.Enum(['allow', 'refuse'])),
  /** Most tokens of a whole row, images included; null for no limit. DeepEyesV2 trains its 7B with 20,480. */
  maxTokens: Type.Optional(Type.Union([count, Type.Null()])),
  /**
   * Path of a model's `tokenizer.json`, or a function with a name. Without it bytes are counted, which are never fewer.
   */
  tokenizer: Type.Optional(Type.Union([filledText, TokenCounter])),
  /** Pixels that an image is scaled down to before it becomes tokens; DeepEyesV2's `image_max_pixels`. */
  imagePixels: Type.Optional(count),
})
export type FormatOptions = Static<typeof FormatOptions>

/**
 * The record has the form that every target relies on. Each turn but the last makes calls or is answered by a reminder,
 * and the last one answers once between `<answer>` tags. The model's own words hold no tags of the student's contract,
 * no image placeholders and no control tokens: a student would be taught to write them, or exports would have to change
 * what was said, and with code what was run. The row is not longer than the trainer reads. Exports escape what tools
 * and people wrote, so this is not looked at.
 *
 * An image counts as Qwen2.5-VL's 28 x 28 pixel patches (arXiv 2502.13923). Without a tokenizer a row may be refused
 * that would fit; the detail says so. The system prompt of an export may differ from the teacher's in length.
 */
export const format = factory(Check, 'format', FormatOptions, options => {
  const { parallelCalls = 'allow', maxTokens = 20_480, imagePixels = 512 * 512, tokenizer } = options
  const counter = typeof tokenizer === 'string' ? tokenizerFile(tokenizer) : (tokenizer ?? byteBound)
  return {
    name: 'format',
    version: 3,
    options: { parallelCalls, maxTokens, imagePixels, tokenizer: counter.name },
    async measure(trajectory) {
      const problem = grammar(trajectory, parallelCalls) ?? stray(trajectory)
      if (problem || maxTokens === null) return problem ?? pass()
      const length = lengthOf(trajectory, counter, imagePixels)
      const detail = `${length} tokens by ${counter.name}`
      return length > maxTokens ? fail('too_long', `${detail}; ${maxTokens} are read`) : pass(detail)
    },
  }
})

function grammar({ turns, outcome }: Trajectory, parallelCalls: 'allow' | 'refuse'): Measurement | null {
  const silent = turns.slice(0, -1).findIndex(turn => turn.reply.calls.length === 0 && !turn.reminder)
  if (silent >= 0) return fail('turn_without_call', `turn ${silent + 1} of ${turns.length} calls nothing`)
  if (parallelCalls === 'refuse') {
    const several = turns.findIndex(({ reply }) => reply.calls.length > 1)
    if (several >= 0) return fail('parallel_calls', `turn ${several + 1}`)
  }
  const last = turns.at(-1)
  if (outcome.kind !== 'answered' || !last) return fail('no_answer', `the outcome is ${outcome.kind}`)
  if (last.reply.calls.length > 0) return fail('answer_with_call', `turn ${turns.length}`)
  return answerTags(turns, last)
}

function answerTags(turns: readonly Turn[], last: Turn): Measurement | null {
  const early = turns.slice(0, -1).findIndex(turn => answerTagsIn(turn.reply.text) !== '' && !turn.reminder)
  if (early >= 0) return fail('early_answer', `turn ${early + 1} has an answer tag and calls`)
  const said = answerSaid(last.reply.text)
  if (said.kind === 'answer') return null
  const found = said.reason === 'answer_tags' ? ` has ${said.found || 'none'}` : `: ${excerpt(said.found)}`
  return fail(said.reason, `turn ${turns.length}${found}`)
}

/** Text that an export would have to change. */
function stray({ turns }: Trajectory): Measurement | null {
  for (const [index, { reply }] of turns.entries()) {
    const text = reply.text.replace(/<\/?answer>/g, '')
    const token = foreign.exec(text)?.[0]
    if (token) return fail('marker_in_text', `turn ${index + 1}: ${excerpt(token)}`)
    if (isAltered(text)) return fail('marker_in_text', `turn ${index + 1}: ${excerpt(markerIn(text))}`)
    const call = reply.calls.find(each => isAltered(each.arguments))
    if (call) return fail('marker_in_arguments', `turn ${index + 1}: ${excerpt(markerIn(call.arguments))}`)
  }
  return null
}

/**
 * Control tokens of Llama, Mistral, Gemma, Idefics and DeepSeek, and the tags that models were trained to call
 * functions with: harmless to the target, and no words of a thought.
 */
const foreign = new RegExp(
  [
    String.raw`</?s>|\[/?(?:INST|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS)\]|<(?:start|begin|end)_of_\w{1,20}>`,
    String.raw`<｜[^｜\n]{1,40}｜>|</?(?:function|tool)_(?:call|result|output|response)s?>`,
    String.raw`<(?:function|parameter)=[\w.-]{1,80}>`,
  ].join('|'),
)

const isAltered = (text: string): boolean => {
  const safe = studentGuard()
  safe.text(text)
  return safe.altered()
}

/** From where the guard changes it. */
function markerIn(text: string): string {
  const safe = studentGuard().text(text)
  const at = [...text].findIndex((character, index) => character !== [...safe][index])
  return [...text].slice(Math.max(at - 1, 0)).join('')
}

function lengthOf(trajectory: Trajectory, { count }: TokenCounter, imagePixels: number): number {
  const { system, question, turns } = trajectory
  const shown: Part[] = [
    ...question,
    ...turns.flatMap(turn => turn.observations.flatMap(({ parts }) => parts)),
  ]
  const texts = [
    system,
    ...shown.flatMap(part => (part.type === 'text' ? [part.text] : [])),
    ...turns.flatMap(({ reply }) => [reply.text, ...reply.calls.map(call => call.arguments)]),
    ...turns.flatMap(({ reminder }) => reminder?.text ?? []),
  ]
  const images = shown.flatMap(part => (part.type === 'image' ? [patches(part.image, imagePixels)] : []))
  return texts.reduce((sum, text) => sum + count(text), 0) + images.reduce((sum, each) => sum + each, 0)
}

/** Each side in patches of 28 pixels, and a token before and behind. */
function patches({ width, height }: Image, most: number): number {
  const factor = Math.min(1, Math.sqrt(most / (width * height)))
  return Math.ceil((width * factor) / 28) * Math.ceil((height * factor) / 28) + 2
}
