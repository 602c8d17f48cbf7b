import type { CheckContext, Measurement } from '../checks/check.ts'
import { askServices } from '../pipeline/ask/ask-service.ts'
import { recalling } from '../pipeline/ask/service-answers.ts'
import { observer } from '../pipeline/rollout/observe.ts'
import { keepOrNull, observeOn, openToolContexts, sessionOptions } from '../pipeline/rollout/tool-contexts.ts'
import { restarting } from '../sandbox/restarting-session.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { imagesIn, type Part } from '../schemas/task.ts'
import type { Observation, ToolCall, Trajectory } from '../schemas/trajectory.ts'
import { keepImage } from '../store/images.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { python } from '../tools/python.ts'
import type { Tool } from '../tools/tool.ts'
import { answerTurn, png, reply, temporaryFolder, trajectory } from './fixtures.ts'
import { smallJail } from './small-jail.ts'

const absent = (name: string) => (): never => {
  throw new Error(`this check must not need ${name}`)
}

/** A context for checks that look at nothing but the trajectory: touching anything else throws. */
export const noContext: CheckContext = {
  get sandbox() {
    return absent('a sandbox')()
  },
  get tools() {
    return absent('tools')()
  },
  sessionOptions: absent('a session'),
  analysis: absent('a session'),
  keep: absent('an image'),
  bytes: absent('an image'),
  recall: absent('the record'),
  guarded: absent('the record'),
  models: { ask: absent('models'), attempt: absent('models') },
  signal: new AbortController().signal,
}

/** What a check said, on one line: `passed` or the reason, and the detail. */
export const told = ({ passed, reason, detail }: Measurement): string =>
  [passed ? 'passed' : reason, detail].filter(Boolean).join(': ')

export interface CheckBench extends AsyncDisposable {
  context: CheckContext
  store: Store
  /**
   * A trajectory whose calls were really made, one a turn, about `picture` or one in one colour. A text stands for a
   * Python call with that code.
   */
  record(calls: (string | ToolCall)[], sandbox?: Sandbox, picture?: Uint8Array): Promise<Trajectory>
}

/** Everything a check may need, real: the jail, the store in a temporary folder, the Python tool. */
export async function openCheckBench(tools: Tool[] = [python()], sandbox = smallJail()): Promise<CheckBench> {
  const folder = await temporaryFolder()
  const store = await openSqliteStore(folder.path)
  const analysis = restarting(sandbox, async () => ({ files: {}, prelude: '', seed: 0 }))
  const { signal } = new AbortController()

  const record: CheckBench['record'] = async (calls, where = sandbox, picture) => {
    const image = await keepImage(store, picture ?? (await png()))
    const question: Part[] = [
      { type: 'image', image },
      { type: 'text', text: 'How wide is it?' },
    ]
    const base = trajectory({ question, environment: await where.describe() })
    await using bench = openToolContexts(question, { sandbox: where, store, services: askServices(store) })
    const turns = []
    for (const [index, each] of calls.entries()) {
      const call = typeof each === 'string' ? pythonCall(each, index) : each
      const observations: Observation[] = [await observeOn(bench, call, { observe: observer(tools), signal })]
      turns.push({
        reply: reply({ text: 'I measure the image.', calls: [call], stop: 'calls' }),
        observations,
      })
    }
    return { ...base, task: { ...base.task, images: [image] }, turns: [...turns, answerTurn('8')] }
  }

  return {
    context: {
      sandbox,
      tools,
      sessionOptions: trajectory => sessionOptions(imagesIn(trajectory.question), store),
      analysis: async () => analysis,
      keep: bytes => keepOrNull(store, bytes),
      bytes: image => store.getBlob(image.sha256),
      recall: recalling(store, 0),
      guarded: consult => consult,
      models: noContext.models,
      signal,
    },
    store,
    record,
    async [Symbol.asyncDispose]() {
      await analysis[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const pythonCall = (code: string, index: number): ToolCall => ({
  id: `call_${index + 1}`,
  name: 'python',
  arguments: JSON.stringify({ code }),
})
