import type { Behaviour } from '../behaviour.ts'

const usual: Pick<Behaviour, 'kind' | 'server' | 'answers' | 'ends' | 'calls' | 'exit' | 'trained'> = {
  kind: 'a server without faults',
  server: 'calls a tool, then answers',
  answers: ({ usual }) => usual,
  ends: ['answered 8', 'answered 9'],
  calls: 4,
  exit: 0,
  trained: /(Both halves together are the width.*){2}/,
}

export const rows: Behaviour[] = (['chat', 'responses', 'messages'] as const).flatMap(wire => [
  { ...usual, wire, command: true },
  { ...usual, wire, streamed: true },
])
