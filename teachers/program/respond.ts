import { hashOf } from '../../schemas/hash.ts'
import { type Conversation, readConversation, seenOf } from './conversation.ts'
import { drawFault, type Fault, type Rates } from './faults.ts'
import { plant, type Said, say, wasPlanted } from './plant.ts'
import { pick } from './random.ts'
import type { Skill, Step } from './skill.ts'
import { type ChatRequest, requestTokens, textTokens } from './wire.ts'

/** The model's name on the wire. It says what it is: a program. */
export const modelName = 'kindling-program-1'

/** What the program can do and how often it errs. */
export interface Mind {
  skills: readonly Skill[]
  rates: Rates
}

/** A Chat Completions response to a request: the same conversation and seed give the same bytes. */
export async function respond(request: ChatRequest, mind: Mind) {
  const conversation = readConversation(request)
  const skill = mind.skills.find(skill => skill.fits(conversation.question)) ?? null
  const turn = nextTurn(conversation, skill, mind.rates, request.seed ?? 0)
  const said = withinLimit(turn.said, request.max_completion_tokens ?? request.max_tokens ?? null)
  const prompt = await requestTokens(request)
  const completion = textTokens(said.text) + (said.call ? textTokens(JSON.stringify(said.call)) : 0)
  const id = hashOf([request, said]).slice(0, 24)
  const extension = { program: modelName, skill: skill?.name ?? null, planted: turn.planted }
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: 0,
    model: modelName,
    choices: [
      { index: 0, message: message(said, id, extension), logprobs: null, finish_reason: said.finish },
    ],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  }
}

function message(said: Said, id: string, kindling: Record<string, string | null>) {
  const call = said.call && { id: `call_${id}`, type: 'function', function: said.call }
  return {
    role: 'assistant',
    content: said.text,
    refusal: null,
    ...(call ? { tool_calls: [call] } : {}),
    kindling,
  }
}

function nextTurn(conversation: Conversation, skill: Skill | null, rates: Rates, sample: number) {
  const { task, turns, tools } = conversation
  const draws = [...turns, null].map((_, turn) => drawFault(rates, task, sample, turn))
  const spoilt = (turn: number) => wasPlanted(draws[turn] ?? null, turns[turn]?.[0], tools)
  const seen = { ...seenOf(conversation, spoilt), variety: `${task} ${sample}` }
  const luck: [string, number, number] = [task, sample, turns.length]
  const step = skill ? skill.next(seen) : unable(luck)
  const endless = draws.indexOf('endless_turns')
  const fault = endless >= 0 ? 'endless_turns' : draws.at(-1)
  const wrong = fault ? plant(fault, { step, conversation, luck }) : null
  // An endless rollout is one fault, planted where it began.
  const began = endless < 0 || endless === turns.length
  if (fault && wrong) return { said: wrong, planted: began ? fault : null }
  const failed = spoilt(turns.length - 1) ? draws[turns.length - 1] : null
  return { said: say(failed ? recovered(step, failed) : step), planted: null }
}

const recoveries: Partial<Record<Fault, string>> = {
  python_exception: 'That cell raised an error of my own making; I leave the broken line out.',
  malformed_arguments: 'The arguments of that call were not valid JSON. I write them out properly.',
  unknown_tool: 'There is no tool of that name, so I use the one that was given to me.',
}

const recovered = (step: Step, fault: Fault): Step => ({
  ...step,
  thought: [recoveries[fault], step.thought].filter(Boolean).join(' '),
})

const unable = (luck: [string, number, number]): Step => ({
  kind: 'give_up',
  thought: pick(
    [
      'I do not know how to do this kind of task, so I give no answer rather than guess.',
      'This is not a kind of question I can work out from what I see. I leave it open.',
    ],
    'unable',
    ...luck,
  ),
})

/** A reply longer than the request allows ends where the limit is, as a model's would. */
function withinLimit(said: Said, limit: number | null): Said {
  const length = textTokens(said.text) + (said.call ? textTokens(JSON.stringify(said.call)) : 0)
  if (limit === null || length <= limit) return said
  return { text: said.text.slice(0, limit * 4), call: null, finish: 'length' }
}
