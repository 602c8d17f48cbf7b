import type { ProgramOptions } from 'kindling/teachers/program'

type Skill = NonNullable<ProgramOptions['skills']>[number]

interface Kind {
  asks: RegExp
  plan: string
  code(...numbers: string[]): string
}

const kinds: Kind[] = [
  {
    asks: /sum of the primes below (\d+)/,
    plan: 'Adding so many primes by hand would go wrong, so I find them by trial division and add them up.',
    code: most => `def is_prime(n):
    return all(n % d for d in range(2, int(n ** 0.5) + 1))

sum(n for n in range(2, ${most}) if is_prime(n))`,
  },
  {
    asks: /from (\d+) to (\d+) are divisible by (\d+) or by (\d+)/,
    plan: 'Numbers that both divide must not be counted twice, so I count them one by one.',
    code: (first, last, one, other) =>
      `sum(n % ${one} == 0 or n % ${other} == 0 for n in range(${first}, ${last} + 1))`,
  },
  {
    asks: /sum of the digits of (\d+) to the power of (\d+)/,
    plan: 'The power has too many digits to write down, so I have them added up.',
    code: (base, exponent) => `sum(int(digit) for digit in str(${base} ** ${exponent}))`,
  },
]

const kindOf = (question: string) => {
  for (const kind of kinds) {
    const [found, ...numbers] = kind.asks.exec(question) ?? []
    if (found) return { ...kind, numbers }
  }
  return undefined
}

/** What the program can do of mathematics: it has Python work out a few kinds of question. */
export const sums: Skill = {
  name: 'sums',
  fits: question => kindOf(question) !== undefined,
  next({ question, steps }) {
    const kind = kindOf(question)
    if (!kind) return { kind: 'give_up', thought: 'This is none of the sums that I can do.' }
    const result = /result:\n(\d+)/.exec(steps.at(-1)?.text ?? '')?.[1]
    if (result)
      return {
        kind: 'answer',
        thought: `The code gave ${result}, which is what was asked for.`,
        answer: result,
      }
    if (steps.length > 0) return { kind: 'give_up', thought: 'The code gave no number to answer with.' }
    const { plan: thought, code, numbers } = kind
    return { kind: 'call', thought, name: 'python', arguments: { code: code(...numbers) } }
  },
}
