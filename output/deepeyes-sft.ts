import { Schema } from 'apache-arrow'
import { prompt } from '../prompts/prompt.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { flag, images, list, struct, text } from './columns.ts'
import { answerMessage, callMessage, contractBreach, observationMessage } from './deepeyes-turn.ts'
import { decline, type Export, type ExportContext, type Projected, project } from './export.ts'
import { guard } from './markers.ts'
import { pictures, questionParts } from './pictures.ts'
import { untrainable } from './trainable.ts'

const schema = new Schema([
  text('id'),
  text('key'),
  list('messages', struct('element', [text('role'), text('content')]).type),
  images({ decode: false }),
  flag('altered'),
])

const system = prompt('deepeyes-system')
const search = prompt('deepeyes-search')
const question = prompt('deepeyes-question')

/**
 * The contract of the student of DeepEyesV2 (arXiv 2511.05271, appendix A.8): `<think>`, then `<code>`, `<tool_call>`
 * or `<answer>`; what comes back is a user turn. One call per turn; what the contract cannot say is declined.
 * `maxChars` is how much of a cell's stdout and of its stderr an observation holds, as the teacher's did.
 */
export const deepEyesSft = ({ maxChars = 8_000 }: { maxChars?: number } = {}): Export => ({
  name: 'deepeyes_sft',
  options: {
    maxChars,
    prompts: Object.fromEntries([system, search, question].map(({ name, sha256 }) => [name, sha256])),
  },
  select: 'kept',
  shards: 'train',
  schema,
  about:
    'The cold start of a DeepEyesV2-style student, for LLaMA-Factory without tools: use this folder as `dataset_dir` and the dataset `kindling_deepeyes`. Its own system prompt allows `display(image)` beside `plt.show()`; an environment for reinforcement learning has to allow both, too.',
  row: ({ measured }, context) => row(measured.trajectory, maxChars, context),
  files: () => ({ 'dataset_info.json': datasetInfo }),
})

const datasetInfo = `${JSON.stringify(
  {
    kindling_deepeyes: {
      file_name: 'train',
      formatting: 'sharegpt',
      columns: { messages: 'messages', images: 'images' },
      tags: {
        role_tag: 'role',
        content_tag: 'content',
        user_tag: 'user',
        assistant_tag: 'assistant',
        observation_tag: 'observation',
        function_tag: 'function_call',
        system_tag: 'system',
      },
    },
  },
  null,
  2,
)}\n`

const tags = ['think', 'answer', 'code', 'tool_call', 'tool_response', 'tools']

async function row(trajectory: Trajectory, maxChars: number, context: ExportContext): Promise<Projected> {
  const problem = untrainable(trajectory) ?? contractBreach(trajectory)
  if (problem) return decline(problem.reason, problem.detail)
  const safe = guard({ tags, special: true })
  const shown = pictures(safe)
  const asked = question.fill({ question: shown.parts(questionParts(trajectory)) })
  const turns = trajectory.turns.slice(0, -1).flatMap(turn => [
    { role: 'assistant', content: callMessage(turn, safe) },
    { role: 'user', content: observationMessage(turn, { shown, safe, maxChars }) },
  ])
  const written = {
    id: safe.text(trajectory.task.id),
    key: trajectory.key,
    messages: [
      { role: 'system', content: instructions(trajectory) },
      { role: 'user', content: asked },
      ...turns,
      { role: 'assistant', content: answerMessage(trajectory, safe) },
    ],
    images: await shown.column(context),
  }
  return project({ ...written, altered: safe.altered() })
}

interface StudentTool {
  schema: { name: string; description: string; parameters?: object }
  example: string
}

/** The student's own search tools, by the name of ours. */
const studentTools: Record<string, StudentTool> = {
  image_search: {
    schema: {
      name: 'image_search',
      description:
        'Find pictures that look like the first image of the question. It takes no arguments and may be called once.',
    },
    example: '{"name": "image_search"}',
  },
  text_search: {
    schema: {
      name: 'search',
      description: 'Find texts that fit a query.',
      parameters: {
        type: 'object',
        properties: { query: { type: 'string', description: 'What to look for.' } },
        required: ['query'],
      },
    },
    example: '{"name": "search", "arguments": {"query": "…"}}',
  },
}

function instructions({ tools }: Trajectory): string {
  const offered = tools.flatMap(({ name }) => studentTools[name] ?? [])
  if (offered.length === 0) return system.fill({ search: '' })
  const examples = offered.map(({ example }) => `<tool_call>${example}</tool_call>`).join('\n')
  const schemas = offered.map(({ schema }) => JSON.stringify(schema)).join('\n')
  return system.fill({ search: `${search.fill({ examples, schemas })}\n` })
}
