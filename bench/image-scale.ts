import { countries, ownFlag } from '../examples/demo/flags/countries.ts'
import { random } from '../examples/demo/random.ts'
import { featureSize } from '../images/features.ts'
import { ranked } from '../images/ranking.ts'
import { glanceOf, partsOf } from '../images/template.ts'

/** Prints what a query by image costs among ever more pictures, whose looks are made up. The first is for warming up. */
const [country] = await countries()
const query = await ownFlag(country?.iso ?? '')
const glance = await glanceOf(query)
const rounds = 5

for (const count of [100, 100, 10_000, 100_000]) {
  const looks = looksOf(count)
  const start = process.cpuUsage()
  for (let round = 0; round < rounds; round++) await ranked(query, looks, () => partsOf(glance))
  const { user, system } = process.cpuUsage(start)
  const megabytes = (looks.vectors.length + looks.hashes.byteLength) / 1e6
  console.log(
    `${String(count).padStart(6)} pictures  ${megabytes.toFixed(1).padStart(5)} MB  CPU ${((user + system) / 1000 / rounds).toFixed(0)} ms/query`,
  )
}

function looksOf(count: number) {
  const chance = random(`looks of ${count}`)
  return {
    numbers: Array.from({ length: count }, (_, index) => index),
    vectors: Uint8Array.from({ length: count * featureSize }, () => chance.integer(0, 25)),
    hashes: Uint32Array.from({ length: count * 4 }, () => chance.integer(0, 2 ** 32 - 1)),
  }
}
