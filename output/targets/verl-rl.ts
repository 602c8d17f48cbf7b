import { readFileSync } from 'node:fs'
import { Schema, Utf8 } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { stringify } from 'yaml'
import { promptFrom } from '../../prompts/prompt.ts'
import { sha256 } from '../../schemas/hash.ts'
import { closed, factory } from '../../schemas/options.ts'
import type { ToolSpec } from '../../schemas/trajectory.ts'
import { flag, integer, list, struct, text } from '../columns.ts'
import { type TaskContext, TaskExport } from '../export.ts'
import type { Totals } from '../length/totals.ts'
import { rlColumns, rlInfo, rlNotes } from './rl-row.ts'
import { inText, promptRoom, RuledOptions, type RuledRow, responseTokens, ruledExport } from './ruled-row.ts'
import { described, toolsFile } from './tools-file.ts'

export const VerlRlOptions = closed({
  ...RuledOptions.properties,
  /** The name that rewards are chosen by, for a task's category; the category itself by default. */
  sources: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** The agent loop that plays a row. */
  agent: Type.Optional(Type.String({ minLength: 1 })),
})
export type VerlRlOptions = Static<typeof VerlRlOptions>

const schema = new Schema([
  ...rlColumns,
  text('agent_name'),
  struct('extra_info', [
    ...rlInfo,
    integer('index'),
    flag('need_tools_kwargs'),
    list('tool_selection', new Utf8()),
    ...rlNotes,
  ]),
])

/**
 * The prompts for reinforcement learning, as verl 0.9 reads them (verl/utils/dataset/rl_dataset.py). Beside the shards
 * stand `reward.py`, which has kindling compare answers as the run did, the tools as verl's `tool_config_path` takes
 * them, and `grpo.yaml` with what has to be set for these rows.
 */
export const verlRl = factory(
  TaskExport,
  'verlRl',
  VerlRlOptions,
  ({ sources = {}, agent = 'tool_agent', ...given }) =>
    ruledExport({
      name: 'verl_rl',
      about:
        'The pool of prompts for reinforcement learning with verl 0.9: tasks that the student solves sometimes, and with tools only. `grpo.yaml` says how they are trained on, `reward.py` compares answers as the run’s own check did, and in `tools.yaml` the classes that run your tools are to be filled in.',
      trainer: { name: 'verl', load: 'in the folder: --config-name grpo, as grpo.yaml says' },
      schema,
      options: { sources: { ...sources }, agent },
      content: inText,
      dataSource: ({ category }) => sources[category] ?? category,
      written: (row, context) => written(row, agent, context),
      beside: async folder => toolsFile(folder, 'tools.yaml', toolConfig),
      files: totals => ({ 'grpo.yaml': settings.fill(lengthsIn(totals)) }),
    })(given),
)

const written = ({ row, info, images, task }: RuledRow, agent: string, { offered }: TaskContext) => ({
  ...row,
  images,
  agent_name: agent,
  extra_info: {
    ...info,
    index: numberOf(task.id),
    need_tools_kwargs: false,
    tool_selection: offered.map(({ name }) => name),
  },
})

/** verl numbers its rows; this number is the same in every export. It fits into a double. */
const numberOf = (id: string): bigint => BigInt(`0x${sha256(id).slice(0, 13)}`)

/** What verl makes its tools of. It shows of a parameter its type, its description and its values, and nothing else. */
function toolConfig(tools: readonly ToolSpec[]): string {
  const config = tools.map(tool => ({
    class_name: 'FILL.IN',
    config: { type: 'native' },
    tool_schema: described(tool),
  }))
  return `# For each tool, give as class_name your subclass of verl.tools.base_tool.BaseTool that runs it, such as
# my_tools.PythonTool. Its execute() finds the pictures of the row in agent_data.image_data.
${stringify({ tools: config }, { lineWidth: 0 })}`
}

const settings = promptFrom('verl-grpo', readFileSync(new URL('verl-grpo.yaml', import.meta.url), 'utf8'))

const lengthsIn = (totals: Totals) => ({
  max_prompt_length: String(promptRoom(totals)),
  max_response_length: String(responseTokens),
})
