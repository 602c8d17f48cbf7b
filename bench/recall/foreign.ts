import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { placeholder } from '../../prompts/markers.ts'
import type { FormatName } from '../../rollouts/detect.ts'
import type { Image } from '../../schemas/image.ts'
import { type Json, type JsonObject, parseJson } from '../../schemas/json.ts'
import { imagesIn, type Part } from '../../schemas/task.ts'
import type { Observation, ToolCall, Trajectory, Turn } from '../../schemas/trajectory.ts'
import { zipOf } from '../../test/rollouts/zip.ts'

/** A rollout that is to be written as somebody else would, and where its pictures are. */
export interface Told {
  /** What its row calls itself. */
  id: string
  trajectory: Trajectory
  /** Relative to the file. */
  path(image: Image): string
  /** A data URL. */
  url(image: Image): string
  bytes(image: Image): Uint8Array
}

/** How others write a rollout: a line of JSON, all of them in a file of their own, or a file each. */
export interface Foreign {
  format: FormatName
  /** What it is called, unless by its format. */
  name?: string
  /** The column of the right answer. */
  answer: string
  /** Null where it has no words for what the rollout does. */
  row(told: Told): JsonObject | null | Promise<JsonObject | null>
  /** Where its file holds no lines. */
  file?(rows: readonly JsonObject[]): { name: string; bytes: Uint8Array }
  /** What the file of each row holds. */
  files?(rows: readonly JsonObject[]): string[]
}

export const nameOf = ({ format, name = format }: Foreign): string => name

/** Writes rows as a format has them, and gives the path of their file, or of a folder with a file each. */
export async function writeForeign(
  foreign: Foreign,
  rows: readonly JsonObject[],
  folder: string,
): Promise<string> {
  if (foreign.files) {
    const place = join(folder, 'rows')
    await mkdir(place)
    for (const [at, text] of foreign.files(rows).entries())
      await writeFile(join(place, `${String(at + 1).padStart(6, '0')}.jsonl`), text)
    return place
  }
  const { name, bytes } = foreign.file?.(rows) ?? {
    name: `${nameOf(foreign)}.jsonl`,
    bytes: Buffer.from(rows.map(row => `${JSON.stringify(row)}\n`).join('')),
  }
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

/** Which of the rows was read from there, from 1. */
export const rowAt = ({ files }: Foreign, { file, row }: { file: string; row: number }): number =>
  files ? Number(/(\d+)\.jsonl$/.exec(file)?.[1]) : row

export const words = (parts: readonly Part[]): string =>
  parts.map(part => (part.type === 'text' ? part.text : placeholder)).join('\n')

/** All pictures of a row, as they are shown. */
const shownIn = ({ question, turns }: Trajectory): Image[] => [
  ...imagesIn(question),
  ...turns.flatMap(({ observations }) => observations.flatMap(({ parts }) => imagesIn(parts))),
]

const paths = ({ trajectory, path }: Told): string[] => shownIn(trajectory).map(path)

/** As an object, or as it was written where that is none. */
export const given = ({ arguments: raw }: ToolCall): Json => parseJson(raw) ?? raw

const call = (called: ToolCall): JsonObject => ({ name: called.name, arguments: given(called) })

export const codeOf = (called: ToolCall): string | undefined => {
  const { code } = Object(given(called))
  return called.name === 'python' && typeof code === 'string' ? code : undefined
}

export const common = ({ id, trajectory: { task } }: Told): JsonObject => ({ id, truth: task.answer })

export const toolsOf = ({ tools }: Trajectory): JsonObject[] =>
  tools.map(tool => ({ type: 'function', function: { ...tool } }))

const lined = (...texts: string[]): string => texts.filter(text => text !== '').join('\n')

const shareGpt: Foreign = {
  format: 'share_gpt',
  answer: 'truth',
  row: told => ({
    ...common(told),
    system: told.trajectory.system,
    tools: JSON.stringify(toolsOf(told.trajectory)),
    conversations: [
      { from: 'human', value: words(told.trajectory.question) },
      ...told.trajectory.turns.flatMap(({ reply, observations }) =>
        reply.calls.length === 0
          ? [{ from: 'gpt', value: reply.text }]
          : [
              { from: 'function_call', value: lined(reply.text, JSON.stringify(oneOrAll(reply.calls))) },
              ...observations.map(({ parts }) => ({ from: 'observation', value: words(parts) })),
            ],
      ),
    ],
    images: paths(told),
  }),
}

const oneOrAll = (calls: readonly ToolCall[]): Json => {
  const all = calls.map(call)
  return all.length === 1 ? (all[0] ?? null) : all
}

/** Calls as Qwen's templates write them. */
const tagged = ({ text, calls }: Turn['reply']): string =>
  lined(text, ...calls.map(each => `<tool_call>\n${JSON.stringify(call(each))}\n</tool_call>`))

const openSearch: Foreign = {
  format: 'open_search',
  answer: 'truth',
  row: told => ({
    ...common(told),
    system: told.trajectory.system,
    conversations: [
      { from: 'human', value: words(told.trajectory.question) },
      ...told.trajectory.turns.flatMap(({ reply, observations }) => [
        { from: 'gpt', value: tagged(reply).replaceAll(/(<\/?)answer>/g, '$1response>') },
        ...observations.map(({ parts }) => ({ from: 'observation', value: words(parts) })),
      ]),
    ],
    images: paths(told),
  }),
}

const openThink: Foreign = {
  format: 'open_think',
  answer: 'truth',
  row(told) {
    const { question, turns } = told.trajectory
    return {
      ...common(told),
      conversations: [
        { from: 'human', value: words(question) },
        ...turns.flatMap(({ reply, observations }) => [
          { from: 'gpt', value: JSON.stringify(acted(reply)) },
          ...observations.map(({ parts }) => ({ from: 'human', value: words(parts) })),
        ]),
      ],
      images: paths(told),
    }
  },
}

function acted({ text, calls }: Turn['reply']): JsonObject {
  const [all = '', answer = ''] = /<answer>([\s\S]*?)<\/answer>\s*$/.exec(text) ?? []
  const actions = calls.length > 0 ? calls.map(call) : [{ name: 'Terminate', arguments: { ans: answer } }]
  return { thought: calls.length > 0 ? text : text.replace(all, '').trim(), actions }
}

const msSwift: Foreign = {
  format: 'ms_swift',
  answer: 'truth',
  row: told => ({
    ...common(told),
    tools: JSON.stringify(toolsOf(told.trajectory)),
    messages: [
      { role: 'system', content: told.trajectory.system },
      { role: 'user', content: words(told.trajectory.question) },
      ...told.trajectory.turns.flatMap(({ reply, observations }) => [
        ...(reply.text === '' ? [] : [{ role: 'assistant', content: reply.text }]),
        ...reply.calls.map(each => ({ role: 'tool_call', content: JSON.stringify(call(each)) })),
        ...observations.map(({ parts }) => ({ role: 'tool_response', content: words(parts) })),
      ]),
    ],
    images: paths(told),
  }),
}

const text = (given: string): JsonObject => ({ type: 'text', text: given })

const openAiBlock =
  ({ url }: Told) =>
  (part: Part): JsonObject =>
    part.type === 'text' ? text(part.text) : { type: 'image_url', image_url: { url: url(part.image) } }

const openAiCall = ({ id, name, arguments: raw }: ToolCall): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: raw },
})

const pictures = (observations: readonly Observation[]): Part[] =>
  observations.flatMap(({ parts }) => parts.filter(({ type }) => type === 'image'))

/** Providers take no picture in a tool's message: they follow as a user's. */
const openAi: Foreign = {
  format: 'openai_messages',
  answer: 'truth',
  row: told => ({
    ...common(told),
    tools: toolsOf(told.trajectory),
    messages: [
      { role: 'system', content: told.trajectory.system },
      { role: 'user', content: told.trajectory.question.map(openAiBlock(told)) },
      ...told.trajectory.turns.flatMap(({ reply, observations }) => [
        {
          role: 'assistant',
          content: reply.text,
          ...(reply.calls.length > 0 && { tool_calls: reply.calls.map(openAiCall) }),
        },
        ...observations.map(({ callId, parts }) => ({
          role: 'tool',
          tool_call_id: callId,
          content: words(parts.filter(({ type }) => type === 'text')),
        })),
        ...(pictures(observations).length > 0
          ? [{ role: 'user', content: pictures(observations).map(openAiBlock(told)) }]
          : []),
      ]),
    ],
  }),
}

const anthropicBlock =
  ({ url }: Told) =>
  (part: Part): JsonObject => {
    if (part.type === 'text') return text(part.text)
    const [, media_type = '', data = ''] = /^data:([^;]+);base64,(.*)$/.exec(url(part.image)) ?? []
    return { type: 'image', source: { type: 'base64', media_type, data } }
  }

export const anthropic: Foreign = {
  format: 'anthropic_messages',
  answer: 'truth',
  row: told => ({
    ...common(told),
    system: told.trajectory.system,
    tools: told.trajectory.tools.map(({ name, description, parameters }) => ({
      name,
      description,
      input_schema: parameters,
    })),
    messages: [
      { role: 'user', content: told.trajectory.question.map(anthropicBlock(told)) },
      ...told.trajectory.turns.flatMap(({ reply, observations }) => [
        {
          role: 'assistant',
          content: [
            ...(reply.text === '' ? [] : [text(reply.text)]),
            ...reply.calls.map(each => ({
              type: 'tool_use',
              id: each.id,
              name: each.name,
              input: given(each),
            })),
          ],
        },
        ...(observations.length > 0
          ? [
              {
                role: 'user',
                content: observations.map(({ callId, parts }) => ({
                  type: 'tool_result',
                  tool_use_id: callId,
                  content: parts.map(anthropicBlock(told)),
                })),
              },
            ]
          : []),
      ]),
    ],
  }),
}

/** Arguments of a call are an object there: one that is none cannot be written. */
const areObjects = ({ turns }: Trajectory): boolean =>
  turns.every(({ reply }) => reply.calls.every(each => typeof given(each) === 'object'))

const atif: Foreign = {
  format: 'atif',
  answer: 'truth',
  row(told) {
    if (!areObjects(told.trajectory)) return null
    const content = (parts: readonly Part[]) =>
      parts.map(part =>
        part.type === 'text'
          ? text(part.text)
          : { type: 'image', source: { media_type: part.image.mime, path: told.path(part.image) } },
      )
    const { system, question, turns } = told.trajectory
    const steps: JsonObject[] = [
      { source: 'system', message: system },
      { source: 'user', message: content(question) },
      ...turns.map(({ reply, observations }) => ({
        source: 'agent',
        message: reply.text,
        ...(reply.calls.length > 0 && {
          tool_calls: reply.calls.map(each => ({
            tool_call_id: each.id,
            function_name: each.name,
            arguments: given(each),
          })),
        }),
        ...(observations.length > 0 && {
          observation: {
            results: observations.map(({ callId, parts }) => ({
              source_call_id: callId,
              content: content(parts),
            })),
          },
        }),
      })),
    ]
    return {
      schema_version: 'ATIF-v1.7',
      trajectory_id: told.id,
      truth: told.trajectory.task.answer,
      agent: { name: 'agent', version: '1', tool_definitions: toolsOf(told.trajectory) },
      steps: steps.map((step, index) => ({ step_id: index + 1, ...step })),
    }
  },
}

/** `length` is what its output ends with, where a reply was cut. */
const inspect: Foreign = {
  format: 'inspect_log',
  answer: 'target',
  row(told) {
    if (!areObjects(told.trajectory)) return null
    const { system, question, turns, task } = told.trajectory
    const block = (part: Part) =>
      part.type === 'text'
        ? text(part.text)
        : { type: 'image', image: `attachment://${part.image.sha256.slice(0, 32)}` }
    const stop = turns.at(-1)?.reply.stop === 'length' ? 'max_tokens' : 'stop'
    return {
      id: told.id,
      epoch: 1,
      target: task.answer,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: question.map(block) },
        ...turns.flatMap(({ reply, observations }) => [
          {
            role: 'assistant',
            content: reply.text,
            tool_calls: reply.calls.map(each => ({
              id: each.id,
              type: 'function',
              function: each.name,
              arguments: given(each),
            })),
          },
          ...observations.map(({ callId, parts }) => ({
            role: 'tool',
            tool_call_id: callId,
            content: parts.map(block),
          })),
        ]),
      ],
      output: { model: 'theirs', choices: [{ stop_reason: stop }] },
      attachments: Object.fromEntries(
        shownIn(told.trajectory).map(image => [image.sha256.slice(0, 32), told.url(image)]),
      ),
    }
  },
  file(rows) {
    const header = JSON.stringify({ version: 2, status: 'success', eval: { model: 'theirs' } })
    const members = rows.map((row, at): [string, string] => [
      `samples/${String(at).padStart(6, '0')}_epoch_1.json`,
      JSON.stringify(row),
    ])
    return { name: 'inspect.eval', bytes: zipOf([...members, ['header.json', header]], 'zstd') }
  },
}

const verifiers: Foreign = {
  format: 'verifiers',
  answer: 'truth',
  row(told) {
    const messages: { message: JsonObject; sampled: boolean }[] = [
      { message: { role: 'system', content: told.trajectory.system }, sampled: false },
      {
        message: { role: 'user', content: told.trajectory.question.map(openAiBlock(told)) },
        sampled: false,
      },
      ...told.trajectory.turns.flatMap(({ reply, observations }) => [
        {
          message: {
            role: 'assistant',
            content: reply.text,
            ...(reply.calls.length > 0 && {
              tool_calls: reply.calls.map(({ id, name, arguments: raw }) => ({
                id,
                type: 'function',
                name,
                arguments: raw,
              })),
            }),
          },
          sampled: true,
        },
        ...observations.map(({ callId, parts }) => ({
          message: { role: 'tool', tool_call_id: callId, content: parts.map(openAiBlock(told)) },
          sampled: false,
        })),
      ]),
    ]
    return {
      ...common(told),
      ok: true,
      traces: [
        {
          version: 1,
          tools: toolsOf(told.trajectory),
          nodes: messages.map((node, at) => ({ ...(at > 0 && { parent: at - 1 }), ...node })),
        },
      ],
    }
  },
}

const fenced = (code: string): string => `<code>\n\`\`\`python\n${code}\n\`\`\`\n</code>`

/** What DeepEyesV2's environment says of a cell, and its searches. */
function deepEyesResult({ data, parts }: Observation): string {
  if (data?.kind !== 'cell') return `<tool_response>\n${words(parts)}\n</tool_response>`
  const images = imagesIn(parts)
  const out = [data.stdout.trimEnd(), ...(data.result === null ? [] : [`Out[0]: ${data.result}`])]
  const err = [data.stderr.trimEnd(), data.error?.traceback ?? '']
  return lined(
    `Code execution result:\nstdout:\n\`\`\`\n${lined(...out)}\n\`\`\`\n\nstderr:\n\`\`\`\n${lined(...err)}\n\`\`\``,
    ...(images.length > 0 ? ['', `Images:\n${images.map(() => placeholder).join('\n')}`] : []),
  )
}

const deepEyesCall = (called: ToolCall): string => {
  const code = codeOf(called)
  return code === undefined ? `<tool_call>${JSON.stringify(call(called))}</tool_call>` : fenced(code)
}

/** One call a turn at most. */
const deepEyes: Foreign = {
  format: 'deepeyes_sft',
  answer: 'truth',
  row(told) {
    const { system, question, turns } = told.trajectory
    if (turns.some(({ reply }) => reply.calls.length > 1)) return null
    const messages = turns.flatMap(({ reply, observations }) => [
      {
        role: 'assistant',
        content:
          reply.calls.length > 0
            ? `<think>${reply.text}</think>\n${reply.calls.map(deepEyesCall).join('')}`
            : reply.text,
      },
      ...observations.map(each => ({ role: 'user', content: deepEyesResult(each) })),
    ])
    return {
      ...common(told),
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: words(question) },
        ...messages,
      ],
      images: paths(told),
    }
  },
}

/** One text of code and what it gave; nothing else can be called. */
const thyme: Foreign = {
  format: 'thyme',
  answer: 'truth',
  row(told) {
    const { question, turns } = told.trajectory
    if (turns.some(({ reply }) => reply.calls.some(each => codeOf(each) === undefined))) return null
    const response = turns.flatMap(({ reply, observations }) => [
      reply.text,
      ...reply.calls.map(each => fenced(codeOf(each) ?? '')),
      ...observations.map(({ parts }) => `<sandbox_output>\n${words(parts)}\n</sandbox_output>`),
    ])
    return { ...common(told), question: words(question), response: lined(...response), image: paths(told) }
  },
}

const pixelReasoner: Foreign = {
  format: 'pixel_reasoner',
  answer: 'truth',
  row(told) {
    const parts = (given: readonly Part[]) =>
      given.map(part => (part.type === 'text' ? { text: part.text } : { image: told.path(part.image) }))
    const { system, question, turns } = told.trajectory
    return {
      ...common(told),
      message_list: [
        { role: 'system', content: [{ text: system }] },
        { role: 'user', content: parts(question) },
        ...turns.flatMap(({ reply, observations }) => [
          { role: 'assistant', content: [{ text: tagged(reply) }] },
          ...observations.map(each => ({ role: 'user', content: parts(each.parts) })),
        ]),
      ],
    }
  },
}

/** As others write rollouts, one for each format that kindling takes. */
export const foreign: readonly Foreign[] = [
  shareGpt,
  openAi,
  anthropic,
  msSwift,
  deepEyes,
  atif,
  inspect,
  verifiers,
  thyme,
  pixelReasoner,
  openSearch,
  openThink,
]
