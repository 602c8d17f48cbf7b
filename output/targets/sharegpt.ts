import { factory } from '../../schemas/options.ts'
import { images, list, struct, text } from '../columns.ts'
import { Export } from '../export.ts'
import { inlined, type Message } from '../inlined/inlined.ts'
import { LessonExportOptions } from '../lesson-export.ts'
import { datasetInfo, llamaFactoryTraining } from './dataset-info.ts'

const names = { system: 'system', user: 'human', assistant: 'gpt' } satisfies Record<Message['role'], string>

/** Kept trajectories as plain ShareGPT, which many trainers read: `system`, then `human` and `gpt` in turn. */
export const sharegpt = factory(
  Export,
  'sharegpt',
  LessonExportOptions,
  inlined({
    name: 'sharegpt',
    about:
      'Plain ShareGPT (`human` and `gpt`, `<image>` in the texts) for trainers that know no tools: tools, calls and what came back are words.',
    trainer: {
      name: 'LLaMA-Factory, ms-swift',
      load: 'in the folder: llamafactory-cli train kindling.yaml, or swift sft --dataset train',
    },
    column: list('conversations', struct('element', [text('from'), text('value')]).type),
    written: messages => messages.map(({ role, content }) => ({ from: names[role], value: content })),
    images: images({ decode: false }),
    files: totals => ({
      'dataset_info.json': about,
      'kindling.yaml': llamaFactoryTraining('kindling_sharegpt', totals),
    }),
  }),
)

const about = datasetInfo(
  'kindling_sharegpt',
  { messages: 'conversations', images: 'images' },
  { role: 'from', content: 'value', user: 'human', assistant: 'gpt' },
)
