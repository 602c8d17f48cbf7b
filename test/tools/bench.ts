import { askServices } from '../../pipeline/ask/ask-service.ts'
import { openToolContexts, type ToolContexts } from '../../pipeline/rollout/tool-contexts.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Part } from '../../schemas/task.ts'
import { keepImage } from '../../store/images.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Tool, ToolContext, ToolResult } from '../../tools/tool.ts'
import { png, temporaryFolder } from '../fixtures.ts'

/** What a trajectory's tools work with: a real store, a real Python, and these pictures as the question's. */
export interface Bench extends AsyncDisposable {
  context: ToolContext
  show: ToolContexts['show']
  /** Make a call as the pipeline does: what comes back has been shown. */
  call(tool: Tool, args: object): Promise<ToolResult & { text: string }>
}

export async function bench(sandbox: Sandbox, pictures?: Uint8Array[]): Promise<Bench> {
  const folder = await temporaryFolder()
  const store = await openSqliteStore(folder.path)
  const images = await Promise.all(
    (pictures ?? [await png()]).map(bytes => keepImage(store, bytes, { anyFormat: true })),
  )
  const question = images.map((image): Part => ({ type: 'image', image }))
  const work = openToolContexts(question, { sandbox, store, services: askServices(store) })
  const context = work.context(new AbortController().signal)
  return {
    context,
    show: work.show,
    async call(tool, args) {
      const result = await tool.run(args as never, context)
      work.show(result.parts)
      return { ...result, text: textOf(result.parts) }
    },
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const textOf = (parts: Part[]) => parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
