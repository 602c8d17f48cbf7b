// Pushes the export in a folder to an address, and prints the most bytes of buffers that were held when it asked.
import { openBundle } from '../../publish/bundle.ts'
import { destinationOf } from '../../publish/destination-of.ts'
import { errand } from './errand.ts'

const [, , to = '', folder = ''] = process.argv

const held: number[] = []
/** It is asked before every request. */
const check = () => {
  // Buffers are freed beside: what the first collection finds is gone, on a busy machine too, when the second begins.
  globalThis.gc?.()
  globalThis.gc?.()
  held.push(process.memoryUsage().arrayBuffers)
}
const bundle = await openBundle(folder)
const way = { pr: false, public: false }
const push = await destinationOf(to, way, { ...errand().errand, check }).compare(bundle)
await push.carryOut()
// What libraries hold from the beginning is no part of it.
console.log(
  JSON.stringify({ held: Math.max(...held) - Math.min(...held), collected: globalThis.gc !== undefined }),
)
