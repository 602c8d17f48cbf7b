import { promptFor } from '../prompts/twofold.ts'
import type { Task } from '../schemas/task.ts'
import type { Tool } from '../tools/tool.ts'
import type { Settings } from './config.ts'

type Told = Pick<Settings, 'prompts' | 'tools'>

/** A config as a task has it: without images none is spoken of, and no tool is offered that works on them. */
export const configFor = <Config extends Told>({ images }: Pick<Task, 'images'>, config: Config): Config =>
  images.length > 0 ? config : withoutImages(config)

export function withoutImages<Config extends Told>(config: Config): Config {
  const { system, python, question } = config.prompts
  return {
    ...config,
    prompts: { system: promptFor(0, system), python: promptFor(0, python), question: promptFor(0, question) },
    tools: config.tools.flatMap(toldWithout),
  }
}

const toldWithout = (tool: Tool): Tool[] =>
  tool.withoutImages === null ? [] : [{ ...tool, description: tool.withoutImages ?? tool.description }]
