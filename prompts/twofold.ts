import { type Prompt, prompt } from './prompt.ts'

/** A prompt of ours that speaks of images, with the one that does not. */
export const twofold = (name: string): Prompt => ({
  ...prompt(name),
  withoutImages: prompt(name, new URL(`without-images/${name}.md`, import.meta.url)),
})

/** The prompt for a question with so many images. */
export const promptFor = (images: number, prompt: Prompt): Prompt =>
  images === 0 ? (prompt.withoutImages ?? prompt) : prompt
