import { factory } from '../../schemas/options.ts'
import { images, list, struct, text } from '../columns.ts'
import { Export } from '../export.ts'
import { InlinedOptions, inlined, type Message } from '../inlined/inlined.ts'
import { datasetInfo } from './dataset-info.ts'

const names = { system: 'system', user: 'human', assistant: 'gpt' } satisfies Record<Message['role'], string>

/** Kept trajectories as plain ShareGPT, which many trainers read: `system`, then `human` and `gpt` in turn. */
export const sharegpt = factory(
  Export,
  'sharegpt',
  InlinedOptions,
  inlined({
    name: 'sharegpt',
    trainer: {
      name: 'LLaMA-Factory or ms-swift, without tools',
      load: 'dataset_dir: sharegpt, dataset: kindling_sharegpt',
    },
    about:
      'Plain ShareGPT (`human` and `gpt`, `<image>` in the texts) for trainers that know no tools: the dataset `kindling_sharegpt` of LLaMA-Factory with this folder as `dataset_dir`, or `--dataset train` of ms-swift in this folder.',
    column: list('conversations', struct('element', [text('from'), text('value')]).type),
    written: messages => messages.map(({ role, content }) => ({ from: names[role], value: content })),
    images: images({ decode: false }),
    files: () => ({ 'dataset_info.json': about }),
  }),
)

const about = datasetInfo(
  'kindling_sharegpt',
  { messages: 'conversations', images: 'images' },
  { role: 'from', content: 'value', user: 'human', assistant: 'gpt' },
)
