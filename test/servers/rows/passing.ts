import type { Behaviour, Request } from '../behaviour.ts'
import type { Said } from '../loopback.ts'

/** Fails before the first good reply. */
const first =
  (said: Said) =>
  ({ number, usual }: Request): Said =>
    number === 1 ? said : usual

const passing: Pick<Behaviour, 'kind' | 'ends' | 'calls' | 'exit'> = {
  kind: 'a fault that passes is asked again',
  ends: ['answered 8'],
  calls: 3,
  exit: 0,
}

const error = (status: number, message: string): Said => ({ status, body: { error: { message } } })

export const rows: Behaviour[] = [
  { ...passing, wire: 'chat', server: '500, then well', answers: first(error(500, 'oops')) },
  { ...passing, wire: 'responses', server: '503, then well', answers: first(error(503, 'busy')) },
  { ...passing, wire: 'messages', server: '529, then well', answers: first(error(529, 'overloaded')) },
  {
    ...passing,
    wire: 'chat',
    server: 'a connection that breaks, then well',
    answers: first({ pieces: ['{"choices": ['], after: 'cut' }),
  },
  ...['gzip', 'deflate', 'br', 'zstd'].map(coding => ({
    ...passing,
    wire: 'chat' as const,
    server: `plain text that is called ${coding}, then well`,
    answers: first({ headers: { 'content-encoding': coding }, body: { choices: [] } }),
  })),
]
