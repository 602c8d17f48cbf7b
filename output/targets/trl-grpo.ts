import { readFileSync } from 'node:fs'
import { Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { promptFor } from '../../prompts/twofold.ts'
import { closed, factory } from '../../schemas/options.ts'
import { flag, images, list, struct, text } from '../columns.ts'
import { TaskExport } from '../export.ts'
import { StudentPrompt, studentPrompt } from '../student.ts'
import { judgedBy, judgement, PoolOptions, rewardFile } from './rl-row.ts'
import { inParts, type RuledRow, ruledRow } from './ruled-row.ts'
import { described, toolsFile } from './tools-file.ts'

export const TrlGrpoOptions = closed({
  ...PoolOptions.properties,
  /** What the student is told. It has no blanks: the tools are described to it by the trainer. */
  system: Type.Optional(StudentPrompt),
})
export type TrlGrpoOptions = Static<typeof TrlGrpoOptions>

const part = struct('element', [text('type'), text('text')])

const schema = new Schema([
  text('id'),
  list('prompt', struct('element', [text('role'), list('content', part.type)]).type),
  images({ decode: true }),
  text('ground_truth'),
  ...judgedBy,
  text('category'),
  flag('altered'),
])

/**
 * The prompts for reinforcement learning, as TRL's GRPOTrainer reads them (trl/trainer/grpo_trainer.py). It hands every
 * column to the reward function by its name.
 */
export const trlGrpo = factory(
  TaskExport,
  'trlGrpo',
  TrlGrpoOptions,
  ({ system = studentPrompt, ...bound }): TaskExport => ({
    name: 'trl_grpo',
    options: { prompts: { [system.name]: system.sha256 }, ...bound },
    select: 'rl',
    maxTokens: bound.maxTokens,
    shards: 'data',
    trainer: { name: 'TRL, GRPO', load: 'in the folder: python grpo.py MODEL' },
    schema,
    about:
      'The pool of prompts for reinforcement learning with TRL’s GRPOTrainer (1.16): tasks that the student solves sometimes, and with tools only. `grpo.py` shows how it is called with `reward.py`, which compares answers as the run’s own check did; your own functions for the tools of `tools.json` are to be filled in.',
    row: (screening, context) =>
      ruledRow(
        screening,
        {
          dataSource: screening.task.category,
          system: promptFor(screening.task.images.length, system).fill({}),
          content: inParts,
          tools: context.offered,
          written,
        },
        context,
      ),
    beside: async folder =>
      toolsFile(folder, 'tools.json', tools => `${JSON.stringify(tools.map(described), null, 2)}\n`),
    files: () => ({ ...rewardFile, 'grpo.py': script }),
  }),
)

const script = readFileSync(new URL('grpo.py', import.meta.url), 'utf8')

const written = ({ task, row: { prompt, altered }, images }: RuledRow) => ({
  id: task.id.toWellFormed(),
  prompt,
  images,
  ground_truth: task.answer.toWellFormed(),
  ...judgement(task),
  category: task.category.toWellFormed(),
  altered,
})
