// The run of test/cli/signals.test.ts: each part says when it is at work, and one of them is held until a signal has come.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { defineConfig } from 'kindling'
import { pass } from 'kindling/checks/check'
import { hf } from 'kindling/output/hf'
import { SandboxError } from 'kindling/sandbox/sandbox'

const { HELD = '', GO = '', OUTPUT = '' } = process.env

const signalled = new Promise<void>(resolve => {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve())
})

/** Goes on after the signal as if there had been none: to stop is not the plug-in's business. */
async function at(part: string) {
  console.error(`at ${part}`)
  if (part === HELD) await awake(signalled)
}

/** A process that waits for nothing would end. */
async function awake(waiting: Promise<void>) {
  const alive = setInterval(() => {}, 60_000)
  await waiting.finally(() => clearInterval(alive))
}

/** Lets no signal in until the test has sent all of them. */
function busy(part: string) {
  console.error(`at ${part}`)
  while (part === HELD && !existsSync(GO));
}

/** Its child dies of the signal that is sent to all processes, and it takes that for a fault, as any sandbox must. */
async function describe() {
  if (HELD !== 'child') return { kind: 'none', python: '', libraries: {}, hash: '' }
  const child = spawn('sleep', ['600'], { stdio: 'ignore' })
  await once(child, 'spawn')
  console.error('at child')
  const [, signal] = await once(child, 'close')
  throw new SandboxError(`the sandbox cannot start (${signal})`)
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

async function* tasks() {
  for (let number = 1; number <= 6; number++) {
    await at('intake')
    const place = `own:${number}`
    yield {
      place,
      id: String(number),
      question: 'What is it?',
      images: [{ place, bytes: png }],
      choices: null,
      answer: 'it',
      answerType: 'text' as const,
      tolerance: null,
      category: 'own',
      source: { name: 'own', licence: 'CC0-1.0' },
      meta: {},
    }
  }
}

const usage = { input: 0, output: 0, cached: 0, reasoning: 0 }
const target = hf()

export default defineConfig({
  name: 'signals',
  output: OUTPUT,
  tasks: { name: 'own', options: {}, read: tasks },
  screens: [
    {
      name: 'own',
      version: 1,
      options: {},
      async screen() {
        await at('screen')
        return { route: 'next', data: {} }
      },
    },
  ],
  teachers: [
    {
      name: 'own',
      options: {},
      samples: 1,
      async ask() {
        await at('synthesize')
        return {
          text: '<answer>it</answer>',
          reasoning: null,
          calls: [],
          stop: 'end',
          usage,
          model: 'own',
          raw: null,
        }
      },
    },
  ],
  tools: [],
  sandbox: {
    name: 'none',
    options: {},
    limits: { cellMs: 1, memoryMb: 1, processes: 1, outputBytes: 1, images: 1 },
    describe,
    open: () => Promise.reject(new Error('nothing is run here')),
    [Symbol.asyncDispose]: async () => {},
  },
  checks: [
    {
      name: 'own',
      version: 1,
      options: {},
      async measure() {
        await at('verify')
        if (HELD === 'stuck') {
          console.error('at stuck')
          await awake(new Promise(() => {}))
        }
        return pass()
      },
    },
  ],
  filters: [
    {
      name: 'own',
      version: 1,
      options: {},
      begin: () => () => {
        busy('filter')
        return { keep: true }
      },
    },
    {
      name: 'choosing',
      version: 1,
      options: {},
      async *select(rows) {
        for await (const _ of rows) await at('selector')
        yield* []
      },
    },
  ],
  exports: [
    {
      ...target,
      async row(...given: Parameters<typeof target.row>) {
        await at('export')
        return target.row(...given)
      },
    },
  ],
  limits: { concurrency: 2 },
})
