import { describe, expect, test } from 'vitest'
import { secrets } from '../../../checks/private/secrets.ts'
import { hidingSecrets, secretsIn } from '../../../checks/private/secrets-in.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { noContext } from '../../check-context.ts'
import { checkConformance } from '../../conformance/check.ts'
import { answerTurn, observation, pythonTurn, trajectory } from '../../fixtures.ts'

/** Made of pieces, so that nobody who looks for secrets finds any here. */
const made = (...pieces: string[]): string => pieces.join('')
const tail = 'q7Rk2Vb9Xw4Zt6Yp1Lm8Nd3Hs5Gf0JcQe'
const key = made('sk-', 'ant-', 'api03-', tail)

const saying = (text: string) => trajectory({ turns: [pythonTurn({}, text), answerTurn('8')] })

describe('secrets', () => {
  checkConformance(async use =>
    use({ check: secrets(), context: noContext, passing: saying('I measure it.'), failing: saying(key) }),
  )
})

const found: [kind: string, text: string][] = [
  ['anthropic_key', key],
  ['openai_key', made('sk-', 'proj-', tail)],
  ['openai_key', made('OPENAI_API_KEY=', 'sk-', tail, tail)],
  ['github_token', made('ghp', '_', tail)],
  ['github_token', made('github', '_pat_', tail)],
  ['gitlab_token', made('gl', 'pat-', tail)],
  ['hugging_face_token', made('"h', 'f_', tail, '"')],
  ['aws_key', made('AK', 'IA', 'Q7RK2VB9XW4ZT6YP')],
  ['google_key', made('AI', 'za', tail, 'xyz')],
  ['slack_token', made('xo', 'xb-', tail)],
  ['stripe_key', made('sk', '_live_', tail)],
  ['npm_token', made('np', 'm_', tail, 'abcd')],
  ['pypi_token', made('pypi-', 'AgEI', tail, tail)],
  ['private_key', made('-----BEGIN ', 'RSA PRIVATE KEY-----\n', tail, '\n', tail)],
  ['password_in_address', made('postgres://', 'admin:', 'hunter22', '@db.acme.io/main')],
]

test.each(found)('%s is told, and what is shown of it opens nothing', (kind, text) => {
  expect(secretsIn(text)).toEqual([kind])
  expect(secretsIn(hidingSecrets(text))).toEqual([])
  expect(hidingSecrets(`a ${text.slice(0, 60)}`)).not.toContain(tail.slice(4, 12))
  expect(hidingSecrets(text)).not.toContain('hunter22')
})

test.each([
  ['sk-ant-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
  ['AKIAIOSFODNN7EXAMPLE'],
  ['export HF_TOKEN=hf_your_token_goes_here_please'],
  ['task-proj-1a2b3c4d5e6f7g8h9i0j1k2l3m4n5o6p7q8r'],
  ['sk-learn and scikit-learn==1.5.2 and risk-adjusted-return-of-the-portfolio-in-2024'],
  ['-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE'],
  ['https://example.com:8080/a@b'],
  ['git@github.com:acme/repo.git'],
  ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
])('%j opens nothing', text => {
  expect(secretsIn(text)).toEqual([])
})

const answered = answerTurn('8')
const places: [name: string, of: Trajectory][] = [
  ['system prompt', { ...saying('I look.'), system: key }],
  ['question', { ...saying('I look.'), question: [{ type: 'text', text: key }] }],
  ['turn 1, thought', saying(key)],
  ['turn 1, call', trajectory({ turns: [pythonTurn({ code: `login("${key}")` }), answered] })],
  [
    'turn 1, observation',
    trajectory({
      turns: [
        { ...pythonTurn(), observations: [observation({ parts: [{ type: 'text', text: key }] })] },
        answered,
      ],
    }),
  ],
  [
    'turn 1, reasoning',
    trajectory({ turns: [{ ...answered, reply: { ...answered.reply, reasoning: key } }] }),
  ],
  [
    'turn 1, user',
    trajectory({ turns: [{ ...answered, reminder: { kind: 'answer', text: key } }, answered] }),
  ],
]

test.each(places)('what is in the %s is found, and no piece of it is told', async (name, of) => {
  expect(await secrets().measure(of, noContext)).toEqual({
    passed: false,
    reason: 'anthropic_key',
    detail: name,
  })
})
