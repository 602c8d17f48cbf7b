/** What opens something to whoever reads it. */
interface Kind {
  /** The reason, as a stable snake_case code. */
  kind: string
  /** How it begins. */
  head: string
  /** What follows, each character. */
  tail: string
  /** Characters that follow at least. */
  least: number
}

/** Those that say themselves what they are: anything else that is long and odd may be a hash or a picture. */
const kinds: readonly Kind[] = [
  { kind: 'anthropic_key', head: 'sk-ant-', tail: String.raw`[\w-]`, least: 20 },
  {
    kind: 'openai_key',
    head: 'sk-(?:proj-|svcacct-|admin-|or-v1-)?(?!ant-)',
    tail: String.raw`[\w-]`,
    least: 32,
  },
  { kind: 'github_token', head: '(?:gh[oprsu]_|github_pat_)', tail: String.raw`\w`, least: 22 },
  { kind: 'gitlab_token', head: 'glpat-', tail: String.raw`[\w-]`, least: 20 },
  { kind: 'hugging_face_token', head: 'hf_', tail: '[A-Za-z0-9]', least: 30 },
  { kind: 'aws_key', head: '(?:AKIA|ASIA)', tail: '[A-Z0-9]', least: 16 },
  { kind: 'google_key', head: 'AIza', tail: String.raw`[\w-]`, least: 35 },
  { kind: 'slack_token', head: 'xox[abeoprs]-', tail: '[A-Za-z0-9-]', least: 20 },
  { kind: 'stripe_key', head: '[rs]k_live_', tail: '[A-Za-z0-9]', least: 20 },
  { kind: 'npm_token', head: 'npm_', tail: '[A-Za-z0-9]', least: 36 },
  { kind: 'pypi_token', head: 'pypi-AgEI', tail: String.raw`[\w-]`, least: 50 },
  {
    kind: 'private_key',
    head: '-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----',
    tail: String.raw`[\w+/=\s\\-]`,
    least: 40,
  },
  {
    kind: 'password_in_address',
    head: String.raw`\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'<>]{1,80}:`,
    tail: String.raw`[^\s/@"'<>]`,
    least: 6,
  },
]

const patternOf = ({ head, tail }: Kind, least: number): RegExp => {
  const end = head.endsWith(':') ? '@' : ''
  return new RegExp(`(?<![A-Za-z0-9])${head}(${tail}{${least},4000})${end}`, 'g')
}

const patterns = kinds.map(each => ({ kind: each.kind, found: patternOf(each, each.least) }))
/** With what was cut off, too. */
const pieces = kinds.map(each => patternOf(each, each.head.endsWith(':') ? each.least : 4))

/** Few different characters, or words that say so: what stands in manuals. */
const isExample = (tail: string): boolean =>
  new Set(tail).size < 8 || !/\d/.test(tail) || /example|x{4}|your|dummy|fake|\.{3}|\*{3}|[$<{]/i.test(tail)

/** The kinds of secrets that a text holds. */
export const secretsIn = (text: string): string[] =>
  patterns.flatMap(({ kind, found }) =>
    [...text.matchAll(found)].some(([, tail = '']) => kind.endsWith('_in_address') || !isExample(tail))
      ? [kind]
      : [],
  )

/** A text for a person, without the secrets in it or what is left of them. */
export const hidingSecrets = (text: string): string =>
  pieces.reduce((shown, each) => shown.replace(each, whole => `${whole.slice(0, 4)}…`), text)
