import Type, { type Static } from 'typebox'
import { InputError } from '../../schemas/input-error.ts'
import { closed, filledText } from '../../schemas/options.ts'
import { ImageError } from '../../store/errors.ts'
import { Files, openFiles, patternsOf } from '../../tasks/files.ts'
import { imageBytes } from '../../tasks/image-values.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import { parquet } from '../../tasks/parquet.ts'
import type { TaskDraft } from '../../tasks/source.ts'

/** Tasks that others are measured by, in JSON Lines (`.jsonl`, `.jsonl.gz`) or Parquet (`.parquet`). */
const Benchmark = closed({
  name: filledText,
  files: Files,
  /** The column of the question, `question` by default. */
  question: Type.Optional(filledText),
  /** The column of the images, as in a task source; without it only questions are compared. */
  images: Type.Optional(filledText),
})
type Benchmark = Static<typeof Benchmark>

/** Files, each a benchmark by its own name with its questions in `question`, or benchmarks one by one. */
export const Benchmarks = Type.Union([filledText, Type.Immutable(Type.Array(Benchmark))], {
  description: "a path such as 'exams/*.jsonl', or a list, each { name, files }",
})
export type Benchmarks = Static<typeof Benchmarks>

/** The same as plain data. */
export const benchmarkOptions = (benchmarks: Benchmarks) =>
  typeof benchmarks === 'string'
    ? benchmarks
    : benchmarks.map(({ files, ...rest }) => ({ ...rest, files: patternsOf(files) }))

/** Every question of every benchmark. Throws InputError for what cannot be read or is empty. */
export async function* questionsOf(
  benchmarks: Benchmarks,
): AsyncIterable<{ benchmark: string; draft: TaskDraft }> {
  const named = typeof benchmarks === 'string' ? await benchmarksIn(benchmarks) : benchmarks
  if (named.length === 0)
    throw new InputError(['benchmarks: there is none; name one, or leave the selector out'])
  for (const benchmark of named) {
    for await (const entry of readerOf(benchmark)) {
      if ('problem' in entry)
        throw new InputError([`benchmark ${benchmark.name}: ${entry.place}: ${entry.problem}`])
      yield { benchmark: benchmark.name, draft: entry }
    }
  }
}

/** Read all of them once, images included, to see that they can be read. */
export async function checkBenchmarks(benchmarks: Benchmarks): Promise<void> {
  for await (const { benchmark, draft } of questionsOf(benchmarks))
    for (const image of draft.images)
      await imageBytes(image).catch(error => {
        if (!(error instanceof ImageError)) throw error
        throw new InputError([
          `benchmark ${benchmark}: ${image.place}: ${error.message}; correct it or remove the row`,
        ])
      })
}

async function benchmarksIn(pattern: string): Promise<Benchmark[]> {
  const found: Benchmark[] = []
  for await (const file of openFiles(pattern)) {
    if ('problem' in file) throw new InputError([`benchmarks: ${file.place}: ${file.problem}`])
    found.push({ name: file.stem, files: file.path })
  }
  return found
}

function readerOf({ name, files, question = 'question', images }: Benchmark) {
  const fields = { question, images: images ?? { value: null }, answer: { value: '' } }
  // Where images are not compared, marks of them fit none.
  const options = {
    fields,
    source: { name, licence: 'not used' },
    rest: 'ignore' as const,
    placeholders: 'keep' as const,
  }
  const isParquet = patternsOf(files).every(pattern => pattern.endsWith('.parquet'))
  return (isParquet ? parquet : jsonl)(files, options).read()
}
