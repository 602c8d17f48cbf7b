import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Decision } from '../output/export.ts'
import type { Cell } from '../schemas/cell.ts'
import type { Drop } from '../schemas/drop.ts'
import { sha256 } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import type { Task } from '../schemas/task.ts'
import type { Observation, Reply, ToolKinds, Trajectory, Turn } from '../schemas/trajectory.ts'

/** A folder that goes with the test that made it. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'kindling-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** A plain-coloured PNG. */
export const png = (width = 8, height = 6, background = '#cc3333'): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()

/** A reference to an image whose bytes nobody asks for. */
export const image = (name = 'a', changes: Partial<Image> = {}): Image => ({
  sha256: sha256(name),
  pixels: sha256(`pixels of ${name}`),
  mime: 'image/png',
  width: 8,
  height: 6,
  ...changes,
})

export const reply = (changes: Partial<Reply> = {}): Reply => ({
  text: 'I look at it.',
  reasoning: null,
  calls: [],
  stop: 'end',
  usage: { input: 10, output: 5, cached: 0, reasoning: 0 },
  model: 'test-model',
  raw: null,
  ...changes,
})

export const cell = (changes: Partial<Cell> = {}): Cell => ({
  kind: 'cell',
  code: 'print(image_1.size)',
  status: 'ok',
  stdout: '(8, 6)\n',
  stderr: '',
  result: null,
  error: null,
  images: [],
  reproducible: true,
  ...changes,
})

export const observation = (changes: Partial<Observation> = {}): Observation => ({
  callId: 'call_1',
  mistake: null,
  parts: [{ type: 'text', text: 'stdout:\n(8, 6)' }],
  data: cell(),
  ...changes,
})

/** A turn that calls Python once. */
export const pythonTurn = (changes: Partial<Cell> = {}, text = 'I measure the image first.'): Turn => {
  const data = cell(changes)
  const call = { id: 'call_1', name: 'python', arguments: JSON.stringify({ code: data.code }) }
  const mistake = data.error ? { kind: 'code_error' as const, message: data.error.name } : null
  return {
    reply: reply({ text, calls: [call], stop: 'calls' }),
    observations: [observation({ data, mistake })],
  }
}

/** A turn that searches texts and finds these passages, each a title and what it says. */
export const searchTurn = (found: [title: string, snippet: string][], text = 'I look it up.'): Turn => {
  const call = { id: 'call_1', name: 'text_search', arguments: '{"query":"what it is"}' }
  const results = found.map(([title, snippet]) => ({
    id: title.toLowerCase(),
    title,
    snippet,
    licence: null,
    image: null,
    score: 1,
  }))
  const data = { kind: 'results' as const, provider: 'test', query: 'what it is', results }
  const words = found.map(([title, snippet]) => `${title}\n${snippet}`).join('\n')
  return {
    reply: reply({ text, calls: [call], stop: 'calls' }),
    observations: [observation({ data, parts: [{ type: 'text', text: words || 'Found no results.' }] })],
  }
}

/** The last turn of a trajectory that answers. */
export const answerTurn = (answer: string): Turn => ({
  reply: reply({ text: `It follows.\n<answer>${answer}</answer>` }),
  observations: [],
})

/** A trajectory that says a thought and then this answer after some turns, to a task that may differ in something. */
export function answered(answer: string, turns: Turn[], thought = '', task: Partial<Task> = {}): Trajectory {
  const last = { ...answerTurn(answer), reply: reply({ text: `${thought}\n<answer>${answer}</answer>` }) }
  const base = trajectory({ turns: [...turns, last], outcome: { kind: 'answered', answer } })
  return { ...base, task: { ...base.task, ...task } }
}

/** A turn whose call was not made: its teacher was reminded of a rationale. */
export const silentTurn = (): Turn => {
  const { reply: called } = pythonTurn({}, '')
  const text = 'Say first what it is for.'
  const mistake = { kind: 'no_rationale' as const, message: text }
  const told = observation({ mistake, parts: [{ type: 'text', text }], data: null })
  return { reply: called, observations: [told], reminder: { kind: 'rationale', text } }
}

/** A turn that ends without an answer, and whose teacher was reminded of its tags. */
export const openTurn = (): Turn => ({
  reply: reply({ text: 'The image is 8 pixels wide.' }),
  observations: [],
  reminder: { kind: 'answer', text: 'Put it between answer tags.' },
})

/** A trajectory whose teacher was reminded of both. */
export const reminded = (changes: Partial<Trajectory> = {}): Trajectory =>
  trajectory({ turns: [silentTurn(), pythonTurn(), openTurn(), answerTurn('8')], ...changes })

/** A trajectory that measures with Python and answers 8, rightly. */
export const trajectory = (changes: Partial<Trajectory> = {}): Trajectory => {
  const picture = image()
  const question = 'How wide is the image, in pixels?'
  return {
    schemaVersion: 1,
    key: sha256('rollout'),
    task: {
      id: 'test/1',
      question,
      images: [picture],
      choices: null,
      answer: '8',
      answerType: 'number',
      tolerance: null,
      category: 'perception',
      source: { name: 'test', licence: 'CC0-1.0' },
      meta: {},
    },
    teacher: { name: 'test-teacher', options: {} },
    sample: 0,
    prompts: { system: sha256('system') },
    system: 'Solve it.',
    question: [
      { type: 'image', image: picture },
      { type: 'text', text: question },
    ],
    tools: [
      {
        name: 'python',
        description: 'Run Python.',
        parameters: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] },
      },
    ],
    environment: { kind: 'test', python: '3.11', libraries: {}, hash: 'test' },
    turns: [pythonTurn(), answerTurn('8')],
    outcome: { kind: 'answered', answer: '8' },
    ...changes,
  }
}

/** A decision against a row, by the stage itself where nobody else is named. */
export const droppedBy = (stage: string, reason: string, changes: Partial<Drop> = {}): Decision => ({
  keep: false,
  stage,
  by: stage,
  reason,
  detail: '',
  undecided: false,
  ...changes,
})

/** What the usual tools are for. */
export const kinds: ToolKinds = new Map([
  ['python', 'code'],
  ['image_search', 'image_search'],
  ['text_search', 'text_search'],
])
