import { readFileSync } from 'node:fs'
import { Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { type Prompt, promptFrom } from '../../prompts/prompt.ts'
import { promptFor } from '../../prompts/twofold.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import { closed, factory } from '../../schemas/options.ts'
import type { Task } from '../../schemas/task.ts'
import { flag, images, list, struct, text } from '../columns.ts'
import { type TaskContext, TaskExport } from '../export.ts'
import { withTools } from '../inlined/inlined.ts'
import { StudentPrompt, studentPrompt } from '../student.ts'
import { judgement, PoolOptions, rewardFile } from './rl-row.ts'
import { inText, promptRoom, type RuledRow, responseTokens, ruledRow } from './ruled-row.ts'
import { described } from './tools-file.ts'

export const OpenRlhfOptions = closed({
  ...PoolOptions.properties,
  /** What the student is told. The tools are described to it below that, because OpenRLHF tells of none. */
  system: Type.Optional(StudentPrompt),
})
export type OpenRlhfOptions = Static<typeof OpenRlhfOptions>

const command = promptFrom('openrlhf', readFileSync(new URL('openrlhf.sh', import.meta.url), 'utf8'))

const schema = new Schema([
  text('id'),
  text('datasource'),
  list('prompt', struct('element', [text('role'), text('content')]).type),
  text('label'),
  text('answer'),
  images({ decode: true }),
  flag('altered'),
])

/**
 * The prompts for reinforcement learning, as OpenRLHF 0.11 reads them (openrlhf/datasets/prompts_dataset.py). A reward
 * function is handed nothing of a row but its label, so that is JSON with all that the answer is judged by; the answer
 * alone is a column, too.
 */
export const openRlhf = factory(
  TaskExport,
  'openRlhf',
  OpenRlhfOptions,
  ({ system = studentPrompt, ...bound }): TaskExport => ({
    name: 'openrlhf',
    options: { prompts: { [system.name]: system.sha256, [withTools.name]: withTools.sha256 }, ...bound },
    select: 'rl',
    maxTokens: bound.maxTokens,
    shards: 'data',
    trainer: { name: 'OpenRLHF', load: 'in the folder: sh grpo.sh' },
    schema,
    about:
      'The pool of prompts for reinforcement learning with OpenRLHF 0.11: tasks that the student solves sometimes, and with tools only. `sh grpo.sh` begins it; `reward.py` compares answers as the run’s own check did. The tools are told of in the prompt; an agent of your own (`--train.agent_func_path`) has to run them.',
    row: (screening, context) =>
      ruledRow(
        screening,
        {
          dataSource: screening.task.category,
          system: told(screening.task, system, context),
          content: inText,
          tools: [],
          written,
        },
        context,
      ),
    files: totals => ({
      ...rewardFile,
      'grpo.sh': command.fill({ max_len: String(promptRoom(totals) + responseTokens) }),
    }),
  }),
)

const told = ({ images }: Task, system: Prompt, { offered }: TaskContext): string => {
  const alone = promptFor(images.length, system).fill({})
  const tools = offered.map(tool => JSON.stringify(described(tool))).join('\n')
  return offered.length === 0 ? alone : withTools.fill({ system: alone, tools })
}

const written = ({ task, row: { data_source, prompt, altered }, images }: RuledRow) => ({
  id: task.id.toWellFormed(),
  datasource: data_source,
  prompt,
  label: canonicalJson({ ground_truth: task.answer, ...judgement(task) }).toWellFormed(),
  answer: task.answer.toWellFormed(),
  images,
  altered,
})
