import { stringify } from 'yaml'
import type { Json } from '../schemas/json.ts'
import { choosing } from './card-selection.ts'
import { tableConfigs, tableInfos, tableSection } from './card-tables.ts'
import { trainersTable } from './card-trainers.ts'
import { cardFeatures } from './columns.ts'
import { splitOf } from './export.ts'
import { line, markdownTable } from './markdown.ts'
import { jsonFields } from './meta-column.ts'
import type { RunAbout } from './run-about.ts'
import { type ScreeningCounts, type Summary, shownCount } from './summary.ts'
import type { TableFile } from './tables/table.ts'
import type { Written } from './target.ts'
import type { TargetCounts } from './target-counts.ts'

/** The dataset card (huggingface.co/docs/hub/datasets-cards): one config per target, with exact counts. */
export function cardOf(
  about: RunAbout,
  summary: Summary,
  written: readonly Written[],
  tables: readonly TableFile[] = [],
): string {
  const head = header(about, summary, written)
  const configs = [...head.configs, ...tableConfigs(tables)]
  const dataset_info = [...head.dataset_info, ...tableInfos(tables)]
  const yaml = stringify({ ...head, configs, dataset_info }, plainly)
  return `---\n${yaml}---\n\n${body(about, summary, written)}${tableSection(tables)}`
}

/** Every text quoted as in JSON, on one line: no reader takes a name for a number or `no` for false. */
const plainly = {
  defaultStringType: 'QUOTE_DOUBLE',
  defaultKeyType: 'PLAIN',
  doubleQuotedAsJSON: true,
  lineWidth: 0,
  aliasDuplicateObjects: false,
} as const

const aboutImages = ['image-text-to-text', 'visual-question-answering']
const ofWords = ['text-generation', 'question-answering']

/** All that are to be trained on: trajectories and prompts. */
const rowsIn = ({ licences }: Summary): number => licences.reduce((sum, { rows }) => sum + rows, 0)

/** What the tasks are about. */
function subject(summary: Summary): string {
  const { withoutImages } = summary
  if (withoutImages === 0) return 'tasks about images'
  return withoutImages === rowsIn(summary)
    ? 'tasks of words alone'
    : `tasks about images and of words alone (${withoutImages} rows)`
}

/** A target without rows is no config: `datasets` cannot load one. */
function header(about: RunAbout, summary: Summary, written: readonly Written[]) {
  const { sources, corpora, kept, withoutImages } = summary
  const some = withoutImages === 0 || withoutImages < rowsIn(summary)
  const loadable = written.filter(({ counts, target }) => counts.rows > 0 && target.schema)
  return {
    pretty_name: about.name,
    license: licence([...sources, ...corpora, ...mixedIn(written)].map(source => source.licence)),
    task_categories: [...(some ? aboutImages : []), ...(withoutImages > 0 ? ofWords : [])],
    tags: ['synthetic', 'tool-use', 'agent', 'kindling'],
    size_categories: [sizeCategory(kept)],
    configs: loadable.map(config),
    dataset_info: loadable.map(info),
  }
}

/** Text rows that were mixed in, by target. */
const mixedIn = (written: readonly Written[]) =>
  written.flatMap(({ name, mixed }) => (mixed ? [{ ...mixed.source, target: name, rows: mixed.rows }] : []))

const config = ({ target }: Written, index: number): Json => ({
  config_name: target.name,
  ...(index === 0 && target.select === 'kept' ? { default: true } : {}),
  data_files: [{ split: splitOf(target), path: `${target.name}/${target.shards}/*.parquet` }],
})

function info({ target, counts, arrowBytes, files }: Written): Json {
  const bytes = files.reduce((sum, file) => sum + (file.rows === undefined ? 0 : file.bytes), 0)
  return {
    config_name: target.name,
    features: target.schema ? cardFeatures(target.schema) : [],
    splits: [{ name: splitOf(target), num_bytes: arrowBytes, num_examples: counts.rows }],
    download_size: bytes,
    dataset_size: arrowBytes,
  }
}

/** The Hub's names of licences, where all sources share one. */
const hubLicences = [
  'apache-2.0',
  'bsd-3-clause',
  'cc-by-4.0',
  'cc-by-sa-4.0',
  'cc0-1.0',
  'mit',
  'odc-by',
  'pddl',
]

function licence(licences: readonly string[]): string {
  const [first, ...others] = new Set(licences.map(name => name.toLowerCase()))
  return first && others.length === 0 && hubLicences.includes(first) ? first : 'other'
}

function sizeCategory(rows: number): string {
  const sizes = ['1K', '10K', '100K', '1M', '10M', '100M', '1B', '10B']
  const index = Math.max(0, Math.floor(Math.log10(Math.max(rows, 1))) - 2)
  return index === 0 ? 'n<1K' : `${sizes[index - 1]}<n<${sizes[index]}`
}

const body = (
  about: RunAbout,
  summary: Summary,
  written: readonly Written[],
): string => `# ${line(about.name)}

${summary.kept} trajectories in which a teacher solves ${subject(summary)} with tools. ${executed(summary)} Made with kindling ${about.version}; \`manifest.json\` says exactly how, and lists every file with its sha256: \`kindling verify <folder>\` holds a copy against it.

## For which trainer

${trainersTable(written)}

## What made it

${summary.makers.some(maker => maker.made_by === 'program') ? `${programNote}\n\n` : ''}${markdownTable(
  ['made by', 'teacher', 'model, as its provider names it', 'rows'],
  summary.makers.map(maker => [maker.made_by, maker.teacher, maker.model, maker.rows]),
)}

${elsewhereSection(summary)}## Configs

${written.map(describe).join('\n\n')}

## Columns

${columns}

## Sources and licences

${markdownTable(
  ['source', 'licence', 'where', 'rows'],
  [
    ...mostRows(summary.sources.map(({ name, licence, url, rows }) => [name, licence, url ?? '', rows])),
    ...mixedIn(written).map(({ target, name, licence, url, rows }) => [
      `text rows in ${target}: ${name}`,
      licence,
      url ?? '',
      rows,
    ]),
    ...summary.corpora.map(({ provider, licence, rows }) => [`search in ${provider}`, licence, '', rows]),
  ],
)}

## Licences of the rows

${markdownTable(['licence', 'rows'], mostRows(summary.licences.map(({ licence, rows }) => [licence, rows])))}

${redrawn(about)}## Categories

${markdownTable(
  ['category', 'rows'],
  summary.categories.map(({ category, rows }) => [category, rows]),
)}

${measured(summary)}${suspected(summary)}${chosen(choosing(about, summary))}## Funnel

${markdownTable(['stage', 'reason', 'rows'], funnel(about, summary))}
`

const shownLines = 100

/** The first lines of a table that rows may fill with names of their own; the manifest has all. */
const mostRows = (lines: (string | number)[][]): (string | number)[][] =>
  lines.length <= shownLines
    ? lines
    : [
        ...lines.slice(0, shownLines),
        [`and ${lines.length - shownLines} more`, ...(lines[0] ?? []).slice(1).map(() => '')],
      ]

function redrawn({ notes = [] }: RunAbout): string {
  const note = notes.find(({ by }) => by === 'intake')
  if (!note) return ''
  const { pictures, 'drawn anew': anew, ...changes } = note.counts
  const list = Object.entries(changes).map(([change, count]) => `${count} ${change}`)
  return `${anew} of ${pictures} pictures of the tasks were drawn anew, so that everyone sees the same: ${list.join(', ')}.\n\n`
}

const measured = ({ checks }: Summary) =>
  checks.length === 0
    ? ''
    : `## Checks

${markdownTable(
  ['check', 'passed', 'failed', 'could not tell'],
  checks.map(({ check, passed, failed, could_not_tell }) => [check, passed, failed, could_not_tell]),
)}

`

const suspected = ({ signals }: Summary) =>
  signals.length === 0
    ? ''
    : `## Signals

What the words of kept rows make one suspect. Each is a guess, for which no row has to be dropped.

${markdownTable(
  ['teacher', 'signal', 'rows'],
  signals.map(({ teacher, signal, rows }) => [teacher, signal, rows]),
)}

`

const chosen = (text: string | undefined) =>
  text === undefined ? '' : `## How tasks and rows were chosen\n\n${text}\n\n`

function elsewhereSection({ elsewhere = [] }: Summary): string {
  if (elsewhere.length === 0) return ''
  const table = markdownTable(
    ['read as', 'what its code does when it is run again', 'rows'],
    elsewhere.map(({ format, rerun, rows }) => [format, rerun, rows]),
  )
  return `## Not made here\n\nOf these rows only the text and the pictures are known; \`provenance.origin\` of \`hf\` says of each where it was read, what its file does not hold, and what came of running it again.\n\n${table}\n\n`
}

/** What rows rest on: the lines break where they always did. */
function executed({ kept, elsewhere = [] }: Summary): string {
  const others = elsewhere.reduce((sum, { rows }) => sum + rows, 0)
  if (others === 0) return 'Every tool call was really executed; what\ncame back is in the rows.'
  const own = others < kept ? ' Every tool call of the others was really executed.' : ''
  return `**${others} of them were not made here**: what their calls gave is what others wrote down.${own}`
}

const programNote =
  'Rows marked `program` were **written by a program, not by a language model**: it looks at the tools’ observations, never at the answers, and phrases its rationales from templates. They show the format and exercise a training pipeline; they are no substitute for a strong teacher.'

const describe = ({ target, counts, mixed }: Written): string => {
  const declined = byName(counts.declined)
  const changed = byName(counts.changed ?? {})
  return [
    `**\`${target.name}\`** (split \`${splitOf(target)}\`, ${counts.rows} rows, ${counts.images} images). ${target.about}`,
    counts.tokens ? ` ${lengthsOf(counts.tokens)}` : '',
    mixed ? ` ${mixed.rows} of the rows are text alone, mixed in from ${line(mixed.source.name)}.` : '',
    changed.length > 0 ? ` Changed on the way into it: ${changed.join(', ')}.` : '',
    declined.length > 0 ? ` What it cannot express: ${declined.join(', ')}.` : '',
    target.schema && jsonFields(target.schema).length > 0
      ? ` Of \`meta\`, these fields hold JSON: ${jsonFields(target.schema).map(line).join(', ')}.`
      : '',
    counts.altered > 0
      ? ` In ${counts.altered} rows (\`altered\`) a text held a tag such as \`<image>\`; it was changed to \`< image>\`.`
      : '',
  ].join('')
}

const byName = (counts: Record<string, number>): string[] =>
  Object.entries(counts).map(([name, rows]) => `\`${name}\` ${rows}`)

const lengthsOf = ({ longest, p95, median, counter }: NonNullable<TargetCounts['tokens']>) =>
  `Its longest row has ${longest} tokens, 95 of 100 have ${p95} or less, half of them ${median} or less (${counter}): a trainer’s cutoff has to be above the longest.`

const columns = `- \`id\` names the task in its source, \`key\` the rollout; a task may have several.
- \`images\` holds the images in the order of their \`<image>\` placeholders, the question's first, as the bytes that the tools worked on.
- \`messages\` (or \`conversations\`) is the conversation for a trainer; \`tools\` is JSON text. In \`hf\` and \`rejected\` it is
  \`trajectory\`, with \`tool_calls\` as JSON text, the arguments in it as the model wrote them; \`train\` is false for what the teacher
  did not say, and for turns in which it made a mistake or was reminded of something.
- \`trainable\` is whether a student is taught from the row, and \`untrainable\` why not.
- \`task_question\` is what was asked, \`task_answer\` the reference answer and \`teacher_answer\` the teacher's; \`facts\` (JSON) is what was measured about the trajectory.
- \`provenance\` (JSON) tells source, licence, teacher with its options, what made the replies, prompts and environment by hash,
  under \`droppedImages\` how many images that code drew are not here, and under \`rescued\` the drops that a person passed over
  for this row.
- In pools for reinforcement learning \`prompt\` and \`images\` are what the student is given; the answer stands in \`reward_model\` and
  \`extra_info\` only. \`extra_info.screening\` (JSON) is what was counted before a teacher was asked.
- \`licence\` is that of the task; \`source_file\` and \`source_row\` (from 1) say where its row stands, where that is known.
- \`meta\` is what else its row said, with a field for each of its fields, or as JSON text where they are too many or odd.
- \`record\` (JSON) holds what no other column does and judging a row again needs: the answer's tolerance, what code did and
  searches gave, mistakes, ends, and the text from before a change. It holds what the teacher only thought, too, which its
  provider may not license: do not train on it. \`kindling/rollouts/hf\` reads rows back.
- \`usage\` counts tokens as the provider does. \`altered\` marks rows in which a text was changed, see above.`

const funnel = (
  { refused = [], inputs }: RunAbout,
  { rows, kept, rejected, rescued, screening }: Summary,
): (string | number)[][] => [
  ...refused.map(({ stage, reason, rows }) => [stage, reason, rows]),
  ...(screening ? screened(screening) : []),
  inputs?.rollouts && inputs.tasks.length === 0
    ? ['reading', 'rollouts', rows]
    : ['synthesize', 'trajectories', rows],
  ...rejected.map(shownCount).map(({ stage, reason, rows }) => [stage, reason, rows]),
  ...rescued
    .map(shownCount)
    .map(({ stage, reason, rows }) => [stage, `${reason}, passed over by hand`, rows]),
  ['export', 'kept', kept],
]

const screened = ({ tasks, sft, rl, dropped, unscreened }: ScreeningCounts) => [
  ['screen', 'tasks', tasks],
  ...dropped.map(shownCount).map(({ stage, reason, rows }) => [stage, reason, rows]),
  ...(unscreened > 0 ? [['screen', 'not screened yet', unscreened]] : []),
  ['screen', 'for reinforcement learning', rl],
  ['screen', 'for teachers', sft],
]
