import type { Listener } from '../progress.ts'
import type { Inquiry } from './inquiry.ts'

/** Makes calls, and tells of each when it goes out and when it is over. */
export function telling(listen: Listener) {
  let calls = 0
  return async <Answer>({ tokens }: Inquiry<Answer>, make: () => Promise<Answer>): Promise<Answer> => {
    const call = ++calls
    let output: number | null = null
    listen({ kind: 'call', call })
    try {
      const answer = await make()
      output = tokens?.used(answer).output ?? null
      return answer
    } finally {
      listen({ kind: 'called', call, output })
    }
  }
}
