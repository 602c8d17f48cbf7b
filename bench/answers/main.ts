// Math-Verify's own tests, compared by kindling: what each verdict is beside what the test expects, and how long it takes.
// node bench/answers/main.ts cases.json, where bench/answers/record.py says how that file is made.
import { readFileSync } from 'node:fs'
import { compareAnswer } from '../../answers/compare.ts'

interface Case {
  gold: string[]
  claim: string[]
  expected: boolean
  seconds: number
  test: string
}

const [file] = process.argv.slice(2)
if (!file) throw new Error('name the file of recorded cases, as bench/answers/record.py writes it')
const cases: Case[] = JSON.parse(readFileSync(file, 'utf8'))
if (cases.length === 0) throw new Error(`${file} holds no case`)

const same = (gold: string, claim: string) =>
  compareAnswer(claim, {
    question: 'What is it?',
    answer: gold,
    answerType: 'math',
    choices: null,
    tolerance: null,
  })

const counts = { agreed: 0, accepted: 0, refused: 0 }
let [worst, slowest] = [0, '']
const began = process.cpuUsage()
for (const { gold, claim, expected, test } of cases) {
  const from = process.cpuUsage()
  const ruled = same(gold[0] ?? '', claim[0] ?? '')
  const took = cpuSeconds(from)
  if (took > worst) [worst, slowest] = [took, `${gold} ← ${claim}`]
  const held = ruled.kind === 'same'
  counts[held === expected ? 'agreed' : held ? 'accepted' : 'refused']++
  if (held !== expected)
    console.log(`${held ? 'ACCEPTED' : 'refused '} ${test}: ${gold} ← ${claim} (${ruled.kind})`)
}
const ours = cpuSeconds(began)
const theirs = cases.reduce((sum, { seconds }) => sum + seconds, 0)

function cpuSeconds(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from)
  return (user + system) / 1e6
}

console.log(
  `${cases.length} pairs: ${counts.agreed} as expected, ${counts.accepted} accepted and ${counts.refused} refused otherwise`,
)
console.log(
  `CPU: ${(cases.length / ours).toFixed(0)} pairs/s, worst ${(worst * 1000).toFixed(0)} ms (${slowest}); ` +
    `Math-Verify ${(cases.length / theirs).toFixed(0)} pairs/s without its parsing`,
)
