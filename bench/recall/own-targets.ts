import type { Export, ExportContext } from '../../output/export.ts'
import { openaiSft } from '../../output/openai/openai-sft.ts'
import { picturePath } from '../../output/picture-files.ts'
import { atif } from '../../output/targets/atif.ts'
import { axolotl } from '../../output/targets/axolotl.ts'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { msSwift } from '../../output/targets/ms-swift.ts'
import { sharegpt } from '../../output/targets/sharegpt.ts'
import { trl } from '../../output/targets/trl.ts'
import { verlSft } from '../../output/targets/verl-sft.ts'
import type { FormatName } from '../../rollouts/detect.ts'
import type { Image } from '../../schemas/image.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { ToolKinds, Trajectory } from '../../schemas/trajectory.ts'
import type { Foreign, Told } from './foreign.ts'

/**
 * As kindling's own targets write rollouts. A row that one declines is not written, and `altered` is one whose text it
 * changed, so that nothing of it passes for a picture or a tag.
 */
export const ownTargets = (kinds: ToolKinds): readonly Foreign[] =>
  (
    [
      [llamaFactory(), 'share_gpt'],
      [sharegpt(), 'share_gpt'],
      [msSwift(), 'ms_swift'],
      [openaiSft(), 'openai_messages'],
      [trl(), 'openai_messages'],
      [axolotl(), 'openai_messages'],
      [verlSft(), 'openai_messages'],
      [deepEyesSft({ reindented: 'keep' }), 'deepeyes_sft'],
      [atif(), 'atif'],
    ] as const
  ).map(([target, format]) => written(target, format, kinds))

const written = (target: Export, format: FormatName, kinds: ToolKinds): Foreign => ({
  format,
  name: `own ${target.name}`,
  answer: 'truth',
  async row(told) {
    const { trajectory, bytes } = told
    const context: ExportContext = { bytes: async image => bytes(image), kinds }
    const measured = { trajectory, facts: [] }
    const projected = await target.row({ measured, verdict: { keep: true } }, context)
    if (!projected.keep) return null
    const { altered = false } = projected.held ?? {}
    return { ...plainly(projected.row, told), altered, truth: trajectory.task.answer }
  },
})

/** With bytes in base64, and files of pictures where these are. */
function plainly(row: object, { trajectory, path }: Told): JsonObject {
  const text = JSON.stringify(row, (_, value) =>
    value?.bytes instanceof Uint8Array
      ? { ...value, bytes: Buffer.from(value.bytes).toString('base64') }
      : value,
  )
  return JSON.parse(
    picturesOf(trajectory).reduce((all, image) => all.replaceAll(picturePath(image), path(image)), text),
  )
}

/** All that a rollout shows. */
export const picturesOf = ({ question, turns }: Trajectory): Image[] =>
  [...question, ...turns.flatMap(({ observations }) => observations.flatMap(({ parts }) => parts))].flatMap(
    part => (part.type === 'image' ? [part.image] : []),
  )
