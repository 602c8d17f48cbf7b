import { factory } from '../../schemas/options.ts'
import { list, struct, text } from '../columns.ts'
import { Export } from '../export.ts'
import { InlinedOptions, inlined, typedParts } from '../inlined/inlined.ts'
import { trainingFile } from './training-file.ts'

const part = struct('element', ['type', 'text', 'base64'].map(text))

/**
 * Kept trajectories for axolotl, as messages of typed parts that hold their pictures: of a column of pictures axolotl
 * takes the first only. It keeps role and content of a message and nothing else, so tools are words.
 */
export const axolotl = factory(
  Export,
  'axolotl',
  InlinedOptions,
  inlined({
    name: 'axolotl',
    trainer: { name: 'axolotl', load: 'in the folder: axolotl train sft.yaml' },
    about:
      'For supervised fine-tuning with axolotl, with pictures in base64 where they stand: `axolotl train sft.yaml` in this folder.',
    column: list('messages', struct('element', [text('role'), list('content', part.type)]).type),
    written(messages, images) {
      const next = images.values()
      return messages.map(({ role, content }) => ({
        role,
        content: typedParts(content, {
          text: text => ({ type: 'text', text, base64: null }),
          picture: () => ({
            type: 'image',
            text: null,
            base64: Buffer.from(next.next().value?.bytes ?? []).toString('base64'),
          }),
        }),
      }))
    },
    files: () => ({ 'sft.yaml': settings }),
  }),
)

const settings = trainingFile('axolotl train sft.yaml', {
  base_model: 'Qwen/Qwen2.5-VL-7B-Instruct',
  processor_type: 'AutoProcessor',
  chat_template: 'qwen2_vl',
  datasets: [
    {
      path: 'train',
      ds_type: 'parquet',
      type: 'chat_template',
      roles_to_train: ['assistant'],
      train_on_eos: 'turn',
    },
  ],
  skip_prepare_dataset: true,
  remove_unused_columns: false,
  sample_packing: false,
  sequence_len: 32768,
  bf16: true,
  gradient_checkpointing: true,
  micro_batch_size: 1,
  gradient_accumulation_steps: 16,
  optimizer: 'adamw_torch',
  lr_scheduler: 'cosine',
  learning_rate: 1e-5,
  num_epochs: 1,
  output_dir: 'output',
})
