import { answerOf, type Fault, saying, withTurn } from '../fault.ts'
import { wrongFor } from '../wrong.ts'

/** Another answer of the same kind that looks right, in the last words too. */
export const wrongAnswer: Fault = {
  name: 'wrong answer that looks right',
  plant(good, { chance, others }) {
    const wrong = wrongFor(answerOf(good), chance, others)
    if (wrong === null) return null
    const copy = withTurn(
      good,
      -1,
      saying(text => text.replaceAll(answerOf(good), wrong)),
    )
    return { ...copy, outcome: { kind: 'answered', answer: wrong } }
  },
}

/** The last thought says one thing and the answer another, which is right. */
export const otherConclusion: Fault = {
  name: 'last thought against answer',
  plant(good, { chance, others, word }) {
    const wrong = wrongFor(answerOf(good), chance, others)
    return wrong === null
      ? null
      : withTurn(
          good,
          -1,
          saying(text => text.replace('<answer>', `${word(conclusions)(wrong)}\n<answer>`)),
        )
  },
}

const conclusions = {
  known: [
    (wrong: string) => `So the answer is ${wrong}.`,
    (wrong: string) => `The final answer is ${wrong}.`,
    (wrong: string) => `Therefore it is ${wrong}.`,
    (wrong: string) => `That makes ${wrong} the answer.`,
    (wrong: string) => `In conclusion: ${wrong}.`,
    (wrong: string) => `I conclude that it is ${wrong}.`,
    (wrong: string) => `My answer is therefore ${wrong}.`,
    (wrong: string) => `Everything considered, ${wrong} it is.`,
    (wrong: string) => `I will go with ${wrong}.`,
    (wrong: string) => `Consequently the answer has to be ${wrong}.`,
    (wrong: string) => `**${wrong}** is what the evidence shows.`,
    (wrong: string) => `Hence, the correct answer is **${wrong}**.`,
    (wrong: string) => `✅ Final answer: ${wrong}`,
    (wrong: string) => `This confirms that the answer should be ${wrong}.`,
    (wrong: string) => `Putting it all together, we arrive at ${wrong}.`,
    (wrong: string) => `Thus ${wrong} is the correct choice.`,
    (wrong: string) => `$\\boxed{${wrong}}$`,
    (wrong: string) => `Overall, then, the result comes out to ${wrong}.`,
    (wrong: string) => `Based on this analysis, I'm confident the answer is ${wrong}.`,
    (wrong: string) => `Given all of the above, my response is "${wrong}".`,
  ],
  other: [
    (wrong: string) => `**Answer:** ${wrong}`,
    (wrong: string) => `So, to answer the question: ${wrong}.`,
    (wrong: string) => `It follows that ${wrong} is right.`,
    (wrong: string) => `This gives us ${wrong} as the final result.`,
    (wrong: string) => `Having checked everything, I settle on ${wrong}.`,
    (wrong: string) => `Therefore, \\(\\text{answer} = \\text{${wrong}}\\).`,
    (wrong: string) => `The correct response here is ${wrong}, as the steps above show.`,
    (wrong: string) => `All in all, that leaves ${wrong} as the only possible answer.`,
    (wrong: string) => `I'd answer ${wrong}.`,
  ],
}

/** Right, and nothing was looked at. */
export const unlookedAnswer: Fault = {
  name: 'answer without looking',
  plant: good => ({ ...good, turns: good.turns.slice(-1) }),
}

/** It says the answer before the first call and looks only then. */
export const earlyAnswer: Fault = {
  name: 'answer before looking',
  plant: (good, { word }) =>
    good.turns.length < 2
      ? null
      : withTurn(
          good,
          0,
          saying(text => `${word(early)(answerOf(good))} ${text}`),
        ),
}

const early = {
  known: [
    (answer: string) => `The answer is ${answer}.`,
    (answer: string) => `I can see at once that the correct answer is ${answer}.`,
    (answer: string) => `The answer must be ${answer}; I only confirm it.`,
    (answer: string) => `It is obviously ${answer}; let me just verify.`,
    (answer: string) => `At a glance, ${answer} is the answer.`,
    (answer: string) => `I already know that the result is ${answer}.`,
    (answer: string) => `Even before using a tool, I would say ${answer} is right.`,
    (answer: string) => `${answer}. I now go through the motions.`,
    (answer: string) => `Looking at it, the answer has to be ${answer}.`,
    (answer: string) => `It's clear from the image that the answer is ${answer}.`,
    (answer: string) => `Answer: ${answer}. The code below is only for show.`,
    (answer: string) => `No tool is really needed here: the answer is **${answer}**.`,
    (answer: string) =>
      `From the picture alone I can tell that ${answer} is correct, so the call is a formality.`,
    (answer: string) => `The final answer will be ${answer}; what follows are the steps that lead to it.`,
    (answer: string) => `I have the answer already (${answer}) and just need to document it.`,
    (answer: string) => `We know that the result is ${answer}. To justify it, I use a tool.`,
    (answer: string) => `Since the expected answer is ${answer}, the tool only has to agree with it.`,
    (answer: string) => `**Final answer: ${answer}**\n\n`,
  ],
  other: [
    (answer: string) => `The image shows it plainly: the answer is ${answer}.`,
    (answer: string) => `I don't need to inspect anything to know that ${answer} is the correct answer.`,
    (answer: string) => `Right away I can say with certainty that it's ${answer}.`,
    (answer: string) =>
      `Okay, so the answer here is ${answer}. I still have to call a tool, so I do that now.`,
    (answer: string) => `**Answer:** ${answer}\n**Justification:** see the call below.\n\n`,
    (answer: string) => `The solution is already settled: ${answer}. The code merely has to print it.`,
    (answer: string) => `My final answer is ${answer}, whatever the tool shows.`,
    (answer: string) => `The reference answer is ${answer}, so I need a call that leads there.`,
    (answer: string) => `Without a doubt this is ${answer}, and the code only backs that up.`,
  ],
}
