import { readFileSync } from 'node:fs'
import { Schema } from 'apache-arrow'
import { promptFrom } from '../../prompts/prompt.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import { factory } from '../../schemas/options.ts'
import { flag, images, list, struct, text } from '../columns.ts'
import { type TaskContext, TaskExport } from '../export.ts'
import { withTools } from '../inlined/inlined.ts'
import { judgement } from './rl-row.ts'
import { inText, promptRoom, RuledOptions, type RuledRow, responseTokens, ruledExport } from './ruled-row.ts'
import { described } from './tools-file.ts'

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
  RuledOptions,
  ruledExport({
    name: 'openrlhf',
    about:
      'The pool of prompts for reinforcement learning with OpenRLHF 0.11: tasks that the student solves sometimes, and with tools only. `sh grpo.sh` begins it; `reward.py` compares answers as the run’s own check did. The tools are told of in the prompt; an agent of your own (`--train.agent_func_path`) has to run them.',
    trainer: { name: 'OpenRLHF', load: 'in the folder: sh grpo.sh' },
    schema,
    prompts: { [withTools.name]: withTools.sha256 },
    content: inText,
    told,
    written,
    files: totals => ({
      'grpo.sh': command.fill({ max_len: String(promptRoom(totals) + responseTokens) }),
    }),
  }),
)

/** OpenRLHF tells of no tools. */
function told(system: string, { offered }: TaskContext): string {
  const tools = offered.map(tool => JSON.stringify(described(tool))).join('\n')
  return offered.length === 0 ? system : withTools.fill({ system, tools })
}

function written({ task, row: { data_source, prompt, altered }, images }: RuledRow) {
  return {
    id: task.id.toWellFormed(),
    datasource: data_source,
    prompt,
    label: canonicalJson({ ground_truth: task.answer, ...judgement(task) }).toWellFormed(),
    answer: task.answer.toWellFormed(),
    images,
    altered,
  }
}
