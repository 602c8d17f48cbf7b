import { createCipheriv } from 'node:crypto'
import type { ExportRow } from '../../../output/export.ts'
import { sha256 } from '../../../schemas/hash.ts'
import type { Image } from '../../../schemas/image.ts'
import type { Fact, Trajectory, Turn } from '../../../schemas/trajectory.ts'
import { answerTurn, droppedBy, image, pythonTurn, trajectory } from '../../fixtures.ts'
import { random } from './random.ts'

/** What became of a row since: other facts, or another decision. */
export type Change = 'none' | 'fact' | 'dropped'

const syllables = ['ba', 'co', 'di', 'fu', 'ga', 'he', 'li', 'mo', 'nu', 'pe', 'ra', 'si', 'to', 'ver', 'wa']
const draw = random('words')
const words = Array.from({ length: 4000 }, () =>
  Array.from({ length: 1 + draw.below(4) }, () => draw.of(syllables)).join(''),
)

/** Some words are as frequent as in a language, and most are rare. */
function prose({ below }: ReturnType<typeof random>, length: number): string {
  const said: string[] = []
  for (let size = 0; size < length; size += (said.at(-1)?.length ?? 0) + 1)
    said.push(words[Math.floor(below(words.length) * (below(1000) / 1000) ** 2)] ?? '')
  return said.join(' ')
}

interface RowShape {
  pictured: boolean
  change: Change
  part: number
}

export const keyOf = (number: number): string => sha256(`rollout ${number}`)

/** A row of about 7 KB of text, and a picture of 30 KB if it is to have one. */
export function rowOf(number: number, { pictured, change, part }: RowShape): ExportRow {
  const about = random(`row ${number}`)
  const pictures = pictured ? [image(`picture ${number}`)] : []
  const base = trajectory()
  const question = prose(about, 150)
  const made: Trajectory = {
    ...base,
    key: keyOf(number),
    task: { ...base.task, id: `test/${number}`, question, images: pictures },
    question: [
      ...pictures.map(image => ({ type: 'image' as const, image })),
      { type: 'text', text: question },
    ],
    turns: [...[1, 2, 3].map(() => turnOf(about)), answerTurn('8')],
  }
  const facts = factsOf(about, change)
  const verdict = change === 'dropped' ? droppedBy('curate', 'wrong') : ({ keep: true } as const)
  return { measured: { trajectory: made, facts }, verdict, part }
}

function turnOf(about: ReturnType<typeof random>): Turn {
  const stdout = prose(about, 500)
  const { reply, observations } = pythonTurn({ code: prose(about, 500), stdout }, prose(about, 700))
  const parts = [{ type: 'text' as const, text: `stdout:\n${stdout}` }]
  return { reply, observations: observations.map(each => ({ ...each, parts })) }
}

const checks = ['schema', 'answer', 'judge', 'reexecutes', 'code_errors', 'no_op_code', 'thought', 'grounded']
  .concat(['bypass', 'consistency', 'invented_observation', 'recrop', 'repeated_call', 'text_leak', 'format'])
  .concat(['language', 'refusal', 'truncated', 'pii', 'tools_used'])

const details = ['', '', 'none', 'no code', 'turn 1: observed', 'turn 2: all words observed', 'python:1']

/** As many as a usual run has, and as long; where one changed, a later version of a check found something. */
function factsOf(about: ReturnType<typeof random>, change: Change): Fact[] {
  const facts = checks.map(check => {
    const detail = check === 'format' ? `${1800 + about.below(400)} tokens by bytes` : about.of(details)
    return { check, version: 1, passed: true, reason: '', detail }
  })
  const changed = change === 'fact' ? about.of(facts) : undefined
  return facts.map(fact =>
    fact === changed ? { ...fact, version: 2, passed: false, reason: 'found' } : fact,
  )
}

/** 30 KB that nothing makes smaller, the same for the same picture. */
export async function pictureBytes({ sha256 }: Image): Promise<Uint8Array> {
  const key = Buffer.from(sha256, 'hex')
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(new Uint8Array(30_000))
}
