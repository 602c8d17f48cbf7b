import type { Files } from '../../tasks/files.ts'
import type { RolloutOptions } from '../options.ts'
import { rowRollouts } from '../row-rollouts.ts'
import { readShareGpt } from '../share-gpt-row.ts'
import type { RolloutSource } from '../source.ts'

/**
 * Rollouts in LLaMA-Factory's ShareGPT (`conversations` of `from` and `value`; llamafactory 0.9.5, converter.py), as
 * kindling's own target writes it: a `function_call` is one call in JSON, or a list of them, and one `observation`
 * answers them all. What several calls gave is not told apart there. Calls of Qwen's templates in `<tool_call>` are
 * read as well.
 */
export const shareGpt = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts(
    { name: 'share_gpt', profile: 'kindling', images: 'images', read: readShareGpt },
    files,
    options,
  )
