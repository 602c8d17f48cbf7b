import { processorMs } from '../sandbox/processor-time.ts'
import { sha256 } from '../schemas/hash.ts'
import { type Method, methods } from './image-methods.ts'
import { type ImageSet, imageSets, type Query } from './image-sets.ts'

/**
 * Prints how often a picture is found again, first or among five, by several methods, and the processor time they take.
 * Half of the queries, decided by their hash, are for development (`--development`); what is printed is of the others.
 * `node bench/image-search.ts [folder of photos] [--development]`
 */
const development = process.argv.includes('--development')
const only = process.argv.find(argument => argument.startsWith('--method='))?.slice(9)
const { sets, missing } = await imageSets(process.argv.slice(2).find(argument => !argument.startsWith('--')))

for (const line of missing) console.log(`not measured: ${line}`)
for (const set of sets) {
  const asked = await queriesOf(set)
  console.log(`\n${set.pictures.length} ${set.name}, ${development ? 'development' : 'held-out'} queries`)
  for (const method of methods) if (!only || method.name === only) await measure(method, set, asked)
}

interface Asked {
  way: string
  queries: Query[]
}

async function queriesOf({ queries }: ImageSet): Promise<Asked[]> {
  const made: Asked[] = []
  for (const [way, make] of Object.entries(queries)) {
    const half = (await make()).filter(
      ({ id }) => (Number.parseInt(sha256(id).slice(0, 8), 16) % 2 === 0) === development,
    )
    made.push({ way, queries: half })
  }
  return made
}

async function measure({ name, open }: Method, { pictures }: ImageSet, asked: Asked[]) {
  const start = processorMs(process.pid)
  const { search, close } = await open(pictures)
  const build = milliseconds(start) / pictures.length
  for (const { way, queries } of asked) {
    const before = processorMs(process.pid)
    let [first, five] = [0, 0]
    for (const { id, bytes } of queries) {
      const found = await search(bytes)
      if (found[0] === id) first++
      if (found.includes(id)) five++
    }
    const share = (count: number) => (count / queries.length).toFixed(3)
    const cost = `${build.toFixed(0)} ms/picture, ${(milliseconds(before) / queries.length).toFixed(0)} ms/query`
    console.log(
      `${way.padEnd(29)} ${String(queries.length).padStart(3)}  ${name.padEnd(26)} R@1 ${share(first)}  R@5 ${share(five)}  CPU ${cost}`,
    )
  }
  await close()
}

/** With the processes that decode pictures. */
function milliseconds(since: number): number {
  return processorMs(process.pid) - since
}
