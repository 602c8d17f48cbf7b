import { readFileSync } from 'node:fs'
import { Schema } from 'apache-arrow'
import { factory } from '../../schemas/options.ts'
import { flag, images, list, struct, text } from '../columns.ts'
import { TaskExport } from '../export.ts'
import { judgedBy, judgement } from './rl-row.ts'
import { inParts, RuledOptions, type RuledRow, ruledExport } from './ruled-row.ts'
import { described, toolsFile } from './tools-file.ts'

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
  RuledOptions,
  ruledExport({
    name: 'trl_grpo',
    about:
      'The pool of prompts for reinforcement learning with TRL’s GRPOTrainer (1.16): tasks that the student solves sometimes, and with tools only. `grpo.py` shows how it is called with `reward.py`, which compares answers as the run’s own check did; your own functions for the tools of `tools.json` are to be filled in.',
    trainer: { name: 'TRL, GRPO', load: 'in the folder: python grpo.py MODEL' },
    schema,
    content: inParts,
    written,
    beside: async folder =>
      toolsFile(folder, 'tools.json', tools => `${JSON.stringify(tools.map(described), null, 2)}\n`),
    files: () => ({ 'grpo.py': script }),
  }),
)

const script = readFileSync(new URL('grpo.py', import.meta.url), 'utf8')

function written({ task, row: { prompt, altered }, images }: RuledRow) {
  return {
    id: task.id.toWellFormed(),
    prompt,
    images,
    ground_truth: task.answer.toWellFormed(),
    ...judgement(task),
    category: task.category.toWellFormed(),
    altered,
  }
}
