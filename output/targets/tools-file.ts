import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ToolSpec } from '../../schemas/trajectory.ts'
import type { FilesBeside, TaskContext } from '../export.ts'

/** A file beside the shards that tells of the run's tools. Without a row nobody needs them. */
export function toolsFile(
  folder: string,
  name: string,
  text: (tools: readonly ToolSpec[]) => string,
): FilesBeside<unknown> {
  let tools: readonly ToolSpec[] | undefined
  return {
    async add(_, context: TaskContext) {
      tools = context.tools
    },
    async finish() {
      if (!tools) return []
      await writeFile(join(folder, name), text(tools))
      return [name]
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** A tool as OpenAI’s interface describes it, which chat templates take. */
export const described = (tool: ToolSpec) => ({ type: 'function', function: tool })
