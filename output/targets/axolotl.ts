import type { JsonObject } from '../../schemas/json.ts'
import { factory } from '../../schemas/options.ts'
import { list, struct, text } from '../columns.ts'
import { Export } from '../export.ts'
import { inlined, typedParts } from '../inlined/inlined.ts'
import type { Family } from '../length/family.ts'
import { LessonExportOptions } from '../lesson-export.ts'
import { type Training, trainingFile } from './training-file.ts'

const part = struct('element', ['type', 'text', 'base64'].map(text))

const command = 'axolotl train sft.yaml'

/**
 * Kept trajectories for axolotl, as messages of typed parts that hold their pictures: of a column of pictures axolotl
 * takes the first only. It keeps role and content of a message and nothing else, so tools are words.
 */
export const axolotl = factory(
  Export,
  'axolotl',
  LessonExportOptions,
  inlined({
    name: 'axolotl',
    about:
      'For supervised fine-tuning with axolotl, with pictures in base64 where they stand. Tools, calls and what came back are words.',
    trainer: { name: 'axolotl', load: `in the folder: ${command}` },
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
    files: totals => ({ 'sft.yaml': trainingFile(command, totals, settings) }),
  }),
)

/** A turn of the assistant, for templates whose turns axolotl does not know: else it would train on everything. */
const answers = (start: string, end: string, isTrained = true) => ({
  chat_template: 'tokenizer_default',
  role_boundaries: [{ role: 'assistant', start, end, include_end: isTrained }],
})

/** By their name axolotl knows where turns of the assistant are; Qwen3-VL writes them as Qwen2-VL does. */
const templates: Record<Family, JsonObject> = {
  qwen2_5_vl: { chat_template: 'qwen2_vl' },
  qwen3_vl: { chat_template: 'qwen2_vl' },
  gemma3: { chat_template: 'gemma3' },
  internvl: answers('<|im_start|>assistant\n', '<|im_end|>'),
  // Their own templates write no end.
  llava: answers('ASSISTANT:', 'USER:', false),
  llava_next: answers('ASSISTANT:', 'USER:', false),
}

const settings = ({ family, model, cutoff, pixels, scales }: Training) => ({
  base_model: model,
  processor_type: 'AutoProcessor',
  ...(scales && { processor_kwargs: { min_pixels: pixels.least, max_pixels: pixels.most } }),
  ...templates[family],
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
  sequence_len: cutoff,
  bf16: true,
  gradient_checkpointing: true,
  micro_batch_size: 1,
  gradient_accumulation_steps: 16,
  optimizer: 'adamw_torch',
  lr_scheduler: 'cosine',
  learning_rate: 1e-5,
  num_epochs: 1,
  output_dir: '../../trained/axolotl',
})
