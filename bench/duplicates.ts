import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Random, random } from '../examples/demo/random.ts'
import { openDecisionTable } from '../pipeline/decide/decision-table.ts'
import { openSqliteStore, sqlite } from '../store/sqlite.ts'
import { nearTexts } from '../words/near-texts.ts'
import { jaccard, shingles } from '../words/shingles.ts'
import { wordsIn } from '../words/words.ts'
import { measured } from './contenders.ts'

/**
 * Near-duplicates of texts: megabytes for each CPU-second beside datatrove's MinHash on the same texts, and recall and
 * precision on planted copies. `DATATROVE_PYTHON` names a Python that has datatrove; without one its figure is quoted.
 */
const chance = random('duplicates')
const vocabulary = Array.from({ length: 20_000 }, (_, index) => `word${index.toString(36)}`)
const word = () => vocabulary[chance.integer(0, vocabulary.length - 1)] as string
const text = (length: number) => Array.from({ length }, word)

function replaced(words: readonly string[], count: number, by: Random = chance): string[] {
  const changed = [...words]
  for (let one = 0; one < count; one++) changed[by.integer(0, changed.length - 1)] = word()
  return changed
}

/** Ten thousand texts of 300 words; every fifth copies an earlier one but for three words. */
function corpus(): string[] {
  const texts: string[][] = []
  for (let index = 0; index < 10_000; index++)
    texts.push(
      index % 5 === 4 ? replaced(texts[chance.integer(0, texts.length - 1)] as string[], 3) : text(300),
    )
  return texts.map(words => words.join(' '))
}

const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
{
  await using store = await openSqliteStore(folder)
  await using decisions = await openDecisionTable({
    config: { folder, store: sqlite() },
    store,
    signal: new AbortController().signal,
  })
  await speed()
  await recall()

  async function speed() {
    await using workspace = await decisions.workspace('speed')
    const documents = corpus()
    const megabytes = documents.reduce((sum, each) => sum + each.length, 0) / 1e6
    const texts = nearTexts(workspace.table, 'bench', { shingle: 5, threshold: 0.8 })
    const kept = new Set<number>()
    const { cpu, wall } = await measured(async () => {
      for (const each of documents) kept.add(texts.place(wordsIn(each, 'likeness')))
    })
    console.log(`${documents.length} texts, ${megabytes.toFixed(1)} MB, 2,000 of them planted copies`)
    console.log(
      `kindling   ${(megabytes / cpu).toFixed(2)} MB/CPU-s  ${cpu.toFixed(1)} CPU s  ${wall.toFixed(1)} s  kept ${kept.size}`,
    )
    console.log(`datatrove  ${await datatrove(documents, megabytes)}`)
  }

  /** Pairs at every likeness: how many are found that should be, and how many found should not be. */
  async function recall() {
    for (const replacedWords of [3, 6, 9, 12, 20]) {
      await using workspace = await decisions.workspace('recall')
      const texts = nearTexts(workspace.table, 'bench', { shingle: 5, threshold: 0.8 })
      const tally = { near: 0, found: 0, wrong: 0 }
      for (let pair = 0; pair < 500; pair++) {
        const one = text(300)
        const other = replaced(one, replacedWords)
        const number = texts.place(one)
        const found = texts.find(other)
        const isNear = jaccard(shingles(one, 5), shingles(other, 5)) >= 0.8
        if (isNear) tally.near++
        if (found === number && isNear) tally.found++
        if (found !== undefined && !(found === number && isNear)) tally.wrong++
      }
      console.log(
        `${replacedWords} of 300 words replaced: ${tally.near} of 500 pairs are near; found ${tally.found}, wrongly ${tally.wrong}`,
      )
    }
  }
}
await rm(folder, { recursive: true })

async function datatrove(documents: readonly string[], megabytes: number): Promise<string> {
  const python = process.env.DATATROVE_PYTHON
  if (!python)
    return 'not run; 0.37 MB/CPU-s was measured on texts made in this way (14 buckets of 8 hashes, 5-grams)'
  const file = join(folder, 'texts.jsonl')
  await writeFile(file, documents.map((each, id) => JSON.stringify({ text: each, id: `${id}` })).join('\n'))
  const script = join(import.meta.dirname, 'datatrove_minhash.py')
  const { stdout } = await promisify(execFile)(python, [script, folder], { maxBuffer: 1e8 })
  const { cpu, wall, kept } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  return `${(megabytes / cpu).toFixed(2)} MB/CPU-s  ${cpu.toFixed(1)} CPU s  ${wall.toFixed(1)} s  kept ${kept}`
}
