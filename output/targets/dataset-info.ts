import { visionFamilies } from '../length/families.ts'
import { cutoffOf, type Totals } from '../length/totals.ts'

/** The tags of LLaMA-Factory's sharegpt form that the targets fill in differently. */
interface Tags {
  role: string
  content: string
  user: string
  assistant: string
}

/** `dataset_info.json` for one data set. A tag that is left out counts as none at all, and its rows are skipped. */
export const datasetInfo = (
  name: string,
  columns: Record<string, string>,
  { role, content, user, assistant }: Tags,
): string => {
  const tags = {
    role_tag: role,
    content_tag: content,
    user_tag: user,
    assistant_tag: assistant,
    observation_tag: 'observation',
    function_tag: 'function_call',
    system_tag: 'system',
  }
  return `${JSON.stringify({ [name]: { file_name: 'train', formatting: 'sharegpt', columns, tags } }, null, 2)}\n`
}

/** A training file for LLaMA-Factory (0.9.5), by which no row is cut and no picture is scaled as nobody counted. */
export const llamaFactoryTraining = (dataset: string, totals: Totals): string => {
  const { template, model } = visionFamilies[totals.family]
  return `# In this folder: llamafactory-cli train kindling.yaml
# What stands after it, such as learning_rate=2e-5, takes the place of a line.
model_name_or_path: ${model}
template: ${template}
dataset_dir: .
dataset: ${dataset}

# The longest of ${totals.rows} rows has ${totals.longest} tokens (${totals.counter}), and none may be cut.
cutoff_len: ${cutoffOf(totals)}
image_max_pixels: ${totals.pixels.most}
image_min_pixels: ${totals.pixels.least}

stage: sft
do_train: true
finetuning_type: full
freeze_vision_tower: true
freeze_multi_modal_projector: true
per_device_train_batch_size: 1
gradient_accumulation_steps: 8
learning_rate: 1.0e-5
num_train_epochs: 3.0
lr_scheduler_type: cosine
bf16: true
logging_steps: 1
save_strategy: epoch
report_to: none
# Beside the export, which holds nothing else.
output_dir: ../../trained/${dataset}
`
}
