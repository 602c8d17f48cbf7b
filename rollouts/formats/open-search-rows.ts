import type { Files } from '../../tasks/files.ts'
import type { RolloutOptions } from '../options.ts'
import { rowRollouts } from '../row-rollouts.ts'
import { readShareGpt } from '../share-gpt-row.ts'
import type { RolloutSource } from '../source.ts'

/**
 * Rollouts as OpenSearch-VL is trained on them: ShareGPT with calls in `<tool_call>`, results as `observation`, and the
 * answer in `<response>`. Most of its tools are services.
 */
export const openSearchRows = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'open_search', profile: 'plain', images: 'images', read: readShareGpt }, files, options)
