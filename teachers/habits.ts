import { isDeepStrictEqual } from 'node:util'
import Type, { type Static } from 'typebox'
import { filledText, trueOrFalse } from '../schemas/options.ts'
import { refuses } from '../schemas/refusing-status.ts'
import type { TeacherError } from './teacher.ts'

/** How a server wants a conversation put to it, where servers of one wire differ. No part of what is asked. */
export interface Habits {
  toolImages: 'after' | 'inside' | 'bridged'
  plainImages: boolean
  leaveOut: readonly string[]
  maxTokensAs: 'max_tokens' | 'max_completion_tokens' | 'none'
  systemAs: 'system' | 'developer' | 'user'
  blankAs: 'given' | 'null' | 'empty'
  /** What goes back of arguments that are no object: one that holds them, or what was given. */
  argumentsAs: 'object' | 'given'
  /** Whether replies are held to a schema where one is asked. */
  schemas: boolean
  /** Whether it answers by streams, and counts the tokens of one where it is asked to. */
  streams: 'counted' | 'plain' | 'not'
}

/** Habits of every wire. */
export const wireHabits = {
  /**
   * Where the images of tool results stand: `after` the results in a user message, `inside` the results, or `bridged`:
   * in a user message after one word of the model's, for servers that take no user message after a tool's.
   */
  toolImages: Type.Optional(Type.Enum(['after', 'inside', 'bridged'])),
  /** Send images that are neither PNG nor JPEG as PNG. */
  plainImages: Type.Optional(trueOrFalse),
  /** What does not go back of the model's own words: names of fields, and types of items, such as `reasoning`. */
  leaveOut: Type.Optional(Type.Array(filledText)),
}

/** Known servers by name, each with what it wants otherwise. Of others it is found out. */
const servers = {
  azure: { maxTokensAs: 'max_completion_tokens' },
  groq: { leaveOut: ['reasoning'], maxTokensAs: 'max_completion_tokens' },
  mistral: { leaveOut: ['reasoning', 'reasoning_content'], toolImages: 'bridged' },
  'llama.cpp': { plainImages: true },
  'lm-studio': { plainImages: true },
  ollama: { plainImages: true },
} satisfies Record<string, Partial<Habits>>
type ServerName = keyof typeof servers
const serverNames = Object.keys(servers) as ServerName[]

/** Habits of the Chat Completions wire. */
export const chatHabits = {
  /** The server by its name: what it wants otherwise than OpenAI. Each habit can be given by itself, too. */
  for: Type.Optional(Type.Enum(serverNames)),
  ...wireHabits,
  /** By which name the server is told the length of a reply. With `none` it is not told, and a budget is refused. */
  maxTokensAs: Type.Optional(Type.Enum(['max_tokens', 'max_completion_tokens', 'none'])),
  /** Who says the system prompt. `user` puts it before the question. */
  systemAs: Type.Optional(Type.Enum(['system', 'developer', 'user'])),
  /** What goes back in place of words where a message has calls alone: null, an empty text, or as it was given. */
  blankAs: Type.Optional(Type.Enum(['given', 'null', 'empty'])),
}
const ChatHabits = Type.Object(chatHabits)

const usual: Habits = {
  toolImages: 'after',
  plainImages: false,
  leaveOut: [],
  maxTokensAs: 'max_tokens',
  systemAs: 'system',
  blankAs: 'given',
  argumentsAs: 'object',
  schemas: true,
  streams: 'counted',
}

/** The program that kindling brings knows its planted faults by what it said, and streams nothing. */
export const programHabits: Partial<Habits> = { argumentsAs: 'given', streams: 'not' }

/** The usual ones, with what a config says otherwise. */
export function habitsOf(given: Static<typeof ChatHabits>, standard: Partial<Habits> = {}): Habits {
  const named: Partial<Habits> = given.for ? servers[given.for] : {}
  const own = Object.entries(given).filter(([name, value]) => name in usual && value !== undefined)
  return { ...usual, ...standard, ...named, ...Object.fromEntries(own) }
}

/** What the refusal of a body says about a habit: what to try in its place; nothing where it does not speak of it. */
export type HabitLesson = (said: string, sent: Habits, body: unknown) => Partial<Habits>[]

/** Words by which a server refuses a name, a value or a field. */
export const refusing =
  /unsupported|(?:not|n't|only)\b.*\bsupport|not (?:permitted|allowed|enabled|accepted|expected|valid|match)|unknown|unrecogni[sz]ed|unexpected|extra (?:inputs?|fields?|propert)|additional|no such|instead|invalid/is

const wordsIn = (said: string): ReadonlySet<string> => new Set(said.split(/[^\w-]+/))

/** Not every refusal that names it refuses the name: it may be too long, too. */
const aboutNumber = /maximum|minimum|large|small|greater|less|exceed|at (?:most|least)|integer/i

/** The other name of the length. */
export const lengthLesson: HabitLesson = (said, { maxTokensAs }) => {
  if (!wordsIn(said).has(maxTokensAs) || !refusing.test(said) || aboutNumber.test(said)) return []
  return [{ maxTokensAs: maxTokensAs === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens' }]
}

const refusingStreams =
  /(?:not|n't|un) ?(?:be )?(?:support|implement|allow|permit|enabl|availab|accept)|unsupported|unknown|unrecogni[sz]ed|unexpected (?:keyword|field|argument|param)|extra|must be (?:set|equal|false)|invalid .{0,12}\bstream|verified|disabled|non-?streaming/i

/** What a body says of it on wires that count every stream. */
export const streaming = ({ streams }: Habits): { stream?: true } =>
  streams === 'not' ? {} : { stream: true }

/** A stream without its count, or none at all. */
export const streamLesson: HabitLesson = (said, { streams }) => {
  if (streams === 'not' || !refusingStreams.test(said)) return []
  if (/stream_options|include_usage/.test(said)) return [{ streams: 'plain' }, { streams: 'not' }]
  return /\bstream(?:s|ed|ing)?\b/i.test(said) ? [{ streams: 'not' }] : []
}

const aboutSystem =
  /\b(?:system|developer)\b.*\b(?:roles?|messages?|prompts?|instructions?)\b|\broles?\b.*\b(?:system|developer)\b/is

export const systemLesson: HabitLesson = (said, { systemAs }) =>
  systemAs !== 'user' && aboutSystem.test(said) && refusing.test(said) ? [{ systemAs: 'user' }] : []

/** Templates say it by the order of roles, and schemas by what the content of a result has to be. */
const aboutResults =
  /\btool\b.*\b(?:role|user|assistant|image|content)|\brole\b.*\btool|alternat|\b(?:content|output)\b.*\b(?:string|str|text)\b|\b(?:string|str)\b.*\b(?:content|output)\b/is
const places = ['bridged', 'after', 'inside'] as const

export const toolImagesLesson: HabitLesson = (said, sent) =>
  aboutResults.test(said)
    ? places.filter(place => place !== sent.toolImages).map(toolImages => ({ toolImages }))
    : []

export const plainImagesLesson: HabitLesson = said =>
  /image|picture|webp|gif|media|base64|mime/i.test(said) &&
  /load|decod|format|type|support|invalid|process|open|identif|unknown|pars/i.test(said)
    ? [{ plainImages: true }]
    : []

/** Some refuse a message without words for its empty text, others for its null. */
export const blankLesson: HabitLesson = said => {
  if (!/content|text|message/i.test(said)) return []
  if (
    /non.?empty|(?:not|n't) be (?:empty|blank)|\b(?:is|are) (?:empty|blank)|empty (?:text|content|string)|whitespace/i.test(
      said,
    )
  )
    return [{ blankAs: 'null' }]
  return /\bnull\b|none.?type|must be (?:a )?str|valid string|is required|missing/i.test(said)
    ? [{ blankAs: 'empty' }]
    : []
}

export const schemaLesson: HabitLesson = said =>
  /response_format|json_schema|output_config|\btext\.format|\bschema|structured output/i.test(said) &&
  refusing.test(said)
    ? [{ schemas: false }]
    : []

/**
 * What an error says against the request itself, `body` being what the server sent: nothing where it is only busy,
 * where every call would fail, or where this conversation has come to an end.
 */
export function refusalIn(
  body: unknown,
  { status, fatal, stop, overloaded, message }: TeacherError,
): string | undefined {
  // What may have been charged is no refusal: it is tried again where that is paid for.
  if (!refuses(status) || fatal || stop || overloaded) return undefined
  // The name of all errors of the kind says nothing.
  return `${message}\n${JSON.stringify(body) ?? ''}`.replaceAll(/invalid_request\w*/gi, '')
}

type Write<Body> = (habits: Habits) => Promise<Body>

interface Asking<Body, Answer> {
  write: Write<Body>
  send(body: Body): Promise<Answer>
  /** What an error says against the request; undefined where it is about something else. */
  refusal(error: unknown): string | undefined
}

/**
 * Asks by the habits that are known. Where a refusal says plainly which of them is wrong, the same is asked at once by
 * another, and one that was taken is kept for all later calls.
 */
export function accustomed(first: Habits, lessons: readonly HabitLesson[]) {
  let known = first
  const keep = (learned: Partial<Habits>) => {
    known = { ...known, ...learned }
  }

  /** A change that the refusal of the last body teaches, and that makes another body than any that was refused. */
  async function taught<Body>(said: string, sent: Habits, bodies: readonly Body[], write: Write<Body>) {
    for (const change of lessons.flatMap(lesson => lesson(said, sent, bodies.at(-1)))) {
      const other = await write({ ...sent, ...change })
      if (!bodies.some(one => isDeepStrictEqual(one, other))) return change
    }
    return undefined
  }

  async function ask<Body, Answer>(
    asking: Asking<Body, Answer>,
    learned: Partial<Habits> = {},
    refused: readonly Body[] = [],
  ): Promise<Answer> {
    const sent = { ...known, ...learned }
    const body = await asking.write(sent)
    try {
      const answer = await asking.send(body)
      keep(learned)
      return answer
    } catch (error) {
      const said = asking.refusal(error)
      const change = said && (await taught(said, sent, [...refused, body], asking.write))
      if (!change) throw error
      return ask(asking, { ...learned, ...change }, [...refused, body])
    }
  }

  return { ask, later: () => answeredLater(first, { known: () => known, keep, taught }) }
}

interface Learning {
  known(): Habits
  keep(learned: Partial<Habits>): void
  taught<Body>(
    said: string,
    sent: Habits,
    bodies: readonly Body[],
    write: Write<Body>,
  ): Promise<Partial<Habits> | undefined>
}

/** The same for requests that are sent together and answered later, each known by an id. */
function answeredLater(first: Habits, { known, keep, taught }: Learning) {
  /** By which habits a request was put, one time after the other. */
  const puts = new Map<string, Habits[]>()
  const learned = new Map<string, Partial<Habits>>()

  function forget(id: string) {
    puts.delete(id)
    learned.delete(id)
  }

  return {
    put<Body>(id: string, write: Write<Body>): Promise<Body> {
      const habits = { ...known(), ...learned.get(id) }
      puts.set(id, [...(puts.get(id) ?? []), habits])
      return write(habits)
    },
    /** Whether the request will be put otherwise than it was when it was refused in these words. */
    async learns<Body>(id: string, said: string, write: Write<Body>): Promise<boolean> {
      // What another process has put is put anew, by the habits that it began with.
      const before = puts.get(id) ?? [first]
      const sent = before.at(-1) ?? first
      const change = await taught(said, sent, await Promise.all(before.map(write)), write)
      if (change) learned.set(id, { ...learned.get(id), ...change })
      else forget(id)
      return change !== undefined
    },
    taken(id: string) {
      keep(learned.get(id) ?? {})
      forget(id)
    },
  }
}
