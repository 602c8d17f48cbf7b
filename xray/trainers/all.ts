import type { Trainer } from '../trainer.ts'
import { axolotlTrainer } from './axolotl.ts'
import { llamaFactoryTrainer } from './llama-factory.ts'
import { msSwiftTrainer } from './ms-swift.ts'
import { openaiTrainer } from './openai.ts'
import { trlTrainer } from './trl.ts'
import { verlTrainer } from './verl.ts'

/** The trainers whose rules are known here. */
export const trainers: readonly Trainer[] = [
  llamaFactoryTrainer,
  msSwiftTrainer,
  trlTrainer,
  axolotlTrainer,
  verlTrainer,
  openaiTrainer,
]
