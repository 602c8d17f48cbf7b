import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { plugIns } from '../../docs/plug-ins.ts'
import { Config } from '../../pipeline/config.ts'
import { settings } from '../../pipeline/settings.ts'
import { DetectingOptions, rolloutsIn } from '../../rollouts/detect.ts'
import { adpTrajectories } from '../../rollouts/formats/adp-trajectories.ts'
import { agentSessions } from '../../rollouts/formats/agent-sessions.ts'
import { anthropicMessages } from '../../rollouts/formats/anthropic-messages.ts'
import { atifDocuments } from '../../rollouts/formats/atif-documents.ts'
import { deepEyesRows } from '../../rollouts/formats/deep-eyes-rows.ts'
import { inspectLog } from '../../rollouts/formats/inspect-log.ts'
import { kindlingExport } from '../../rollouts/formats/kindling-export.ts'
import { msSwiftRows } from '../../rollouts/formats/ms-swift-rows.ts'
import { nemoGym } from '../../rollouts/formats/nemo-gym.ts'
import { openSearchRows } from '../../rollouts/formats/open-search-rows.ts'
import { openThinkRows } from '../../rollouts/formats/open-think-rows.ts'
import { openAiMessages } from '../../rollouts/formats/openai-messages.ts'
import { openAiResponses } from '../../rollouts/formats/openai-responses.ts'
import { pixelReasonerRows } from '../../rollouts/formats/pixel-reasoner-rows.ts'
import { shareGpt } from '../../rollouts/formats/share-gpt.ts'
import { thymeRows } from '../../rollouts/formats/thyme-rows.ts'
import { verifiersTraces } from '../../rollouts/formats/verifiers.ts'
import { RolloutOptions } from '../../rollouts/options.ts'
import { noOptions, OptionsError, readOptions } from '../../schemas/options.ts'
import { TableOptions } from '../../tasks/fields.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import { parquet } from '../../tasks/parquet.ts'
import { TextOptions, textRows } from '../../tasks/text-rows.ts'
import { ladder } from '../../teachers/ladder.ts'
import { TaggedOptions, tagged } from '../../teachers/tagged.ts'
import { ImageCacheOptions, imageCache } from '../../tools/corpus/image-cache.ts'
import { ImageCorpusOptions, imageCorpus } from '../../tools/corpus/image-corpus.ts'
import { MarkdownOptions, markdownPassages } from '../../tools/corpus/markdown-passages.ts'
import { jsonlPassages, PassageFields, parquetPassages } from '../../tools/corpus/passages.ts'
import { TextCorpusOptions, textCorpus } from '../../tools/corpus/text-corpus.ts'
import { HttpImageSearch, httpImageSearch, ImageHooks } from '../../tools/engines/http-image-search.ts'
import { HttpSearch, httpSearch } from '../../tools/engines/http-search.ts'
import { LeakGuardOptions, leakGuard } from '../../tools/leak-guard.ts'
import { McpOptions, mcp } from '../../tools/mcp.ts'
import { OpenPageOptions, openPage } from '../../tools/open-page.ts'
import { sampleOf, spoilt, teacher } from './samples.ts'

interface Called {
  name: string
  options: TSchema
  call(options: never): unknown
}

/** Sources of rollouts by the names that configs import. */
const rolloutSources = {
  adpTrajectories,
  agentSessions,
  anthropicMessages,
  atifDocuments,
  deepEyesRows,
  inspectLog,
  msSwiftRows,
  nemoGym,
  openAiMessages,
  openAiResponses,
  openSearchRows,
  openThinkRows,
  pixelReasonerRows,
  shareGpt,
  thymeRows,
  verifiersTraces,
}

/** What takes more than options, or promises what it makes. The rest are found by their `options`. */
const others: Called[] = [
  { name: 'config', options: Config, call: settings },
  { name: 'jsonl', options: TableOptions, call: options => jsonl('x', options) },
  { name: 'parquet', options: TableOptions, call: options => parquet('x', options) },
  { name: 'textRows', options: TextOptions, call: options => textRows('x', options) },
  ...Object.entries(rolloutSources).map(([name, make]) => ({
    name,
    options: RolloutOptions,
    call: (options: RolloutOptions) => make('x', options),
  })),
  { name: 'kindlingExport', options: noOptions, call: options => kindlingExport('x', options) },
  { name: 'rolloutsIn', options: DetectingOptions, call: options => rolloutsIn('x', options) },
  { name: 'tagged', options: TaggedOptions, call: options => tagged(teacher, options) },
  { name: 'openPage', options: OpenPageOptions, call: options => openPage(options) },
  { name: 'httpSearch', options: HttpSearch, call: options => httpSearch(options) },
  { name: 'httpImageSearch', options: HttpImageSearch, call: options => httpImageSearch(options) },
  {
    name: 'httpImageSearch: hooks',
    options: ImageHooks,
    call: hooks => httpImageSearch(sampleOf(HttpImageSearch) as never, hooks),
  },
  { name: 'mcp', options: McpOptions, call: mcp },
  { name: 'leakGuard', options: LeakGuardOptions, call: leakGuard },
  { name: 'imageCache', options: ImageCacheOptions, call: imageCache },
  { name: 'imageCorpus', options: ImageCorpusOptions, call: imageCorpus },
  { name: 'textCorpus', options: TextCorpusOptions, call: textCorpus },
  { name: 'markdownPassages', options: MarkdownOptions, call: options => markdownPassages('x', options) },
  { name: 'jsonlPassages', options: PassageFields, call: fields => jsonlPassages('x', fields) },
  { name: 'parquetPassages', options: PassageFields, call: fields => parquetPassages('x', fields) },
]

const fields = sampleOf(TableOptions) as never

/** What is told by its place among the arguments. */
const byPlace: { name: string; call: () => unknown; line: RegExp }[] = [
  {
    name: 'ladder',
    call: () => ladder(teacher, 5 as never),
    line: /^ladder: teachers\[1\] is 5; give a teacher/,
  },
  { name: 'tagged', call: () => tagged('x' as never), line: /^tagged: model is "x"; give a teacher/ },
  { name: 'jsonl', call: () => jsonl(5 as never, fields), line: /^jsonl: files is 5; give a path/ },
  { name: 'parquet', call: () => parquet([''], fields), line: /^parquet: files\[0\] is ""; give a text/ },
  {
    name: 'textRows',
    call: () => textRows({} as never, fields),
    line: /^textRows: files is an empty object/,
  },
  {
    name: 'markdownPassages',
    call: () => markdownPassages(5 as never),
    line: /^markdownPassages: folder is 5/,
  },
]

test.each(byPlace)('$name refuses what stands in the wrong place', ({ call, line }) => {
  expect(call).toThrow(OptionsError)
  expect(call).toThrow(line)
})

/** Names and texts are all that they take. */
const wordsOnly = ['passed', 'prompt', 'promptFrom', 'unsignalled']

const found = await Promise.all(
  plugIns().map(async ({ name, path }) => ({ name, made: (await import(path))[name] })),
)
const factories: Called[] = [
  ...found.flatMap(({ name, made }) =>
    'options' in made ? [{ name, options: made.options, call: made }] : [],
  ),
  ...others,
]

test('every plug-in of the package is covered, so that the next one is', () => {
  const covered = [...factories, ...byPlace].map(({ name }) => name).concat(wordsOnly)
  expect(found.length).toBeGreaterThan(60)
  expect(found.map(({ name }) => name).filter(name => !covered.includes(name))).toEqual([])
})

const complaintOf = async (call: (options: never) => unknown, options: unknown): Promise<unknown> => {
  try {
    await Reflect.apply(call, undefined, [options])
  } catch (error) {
    return error
  }
  return undefined
}

test.each(factories)(
  'every option of $name that is misspelt or mistyped is refused in one line',
  async ({ name, options, call }) => {
    const sample = sampleOf(options)
    expect(readOptions(name, options, sample)).toBe(sample)
    for (const each of spoilt(options, sample)) {
      const error = await complaintOf(call, each.options)
      if (!(error instanceof OptionsError)) throw new Error(`${each.path}: ${String(error)}`)
      expect(error.message).toContain(each.path)
      expect(error.message).toMatch(/^.{1,400}$/)
    }
    for (const none of [null, 5, 'x', [], new Map()])
      expect(await complaintOf(call, none)).toBeInstanceOf(OptionsError)
  },
)
