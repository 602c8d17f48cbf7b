import type { Signal } from './signal.ts'

/** How many images a turn that is about to show some may speak of in advance. */
const ahead = 2

/** A thought speaks of an image by a number that none has yet. A variable of the code may have such a name. */
export const unseenImage: Signal<'unseen_image'> = {
  name: 'unseen_image',
  find({ trajectory: { question }, steps }) {
    let shown = question.filter(part => part.type === 'image').length
    let code = ''
    for (const { thought, turn, calls, images } of steps) {
      code += calls.map(call => call.arguments).join('\n')
      const known = calls.length === 0 ? shown : shown + Math.max(ahead, images.length)
      const stray = [...thought.matchAll(/\bimage_(\d+)\b/g)].find(
        ([name, number]) => !(Number(number) >= 1 && Number(number) <= known) && !code.includes(name),
      )
      if (stray) return { turn, words: `${stray[0]}; ${shown} were shown` }
      shown += images.length
    }
    return null
  },
}
