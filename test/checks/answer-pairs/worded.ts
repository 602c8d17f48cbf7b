import { r, type Trap } from './trap.ts'

/** Answers in the words that people use. */
export const worded: Trap[] = [
  {
    trap: 'a letter with the text of its option, or the option in another writing',
    type: 'choice',
    choices: ['blue', 'red', r`2\sqrt{3}`, '10%'],
    right: [
      ['red', 'B red', 'B, red', 'B ) red', 'B )'],
      [r`2\sqrt{3}`, '2√3', r`\sqrt{12}`],
      ['10%', '0.1'],
    ],
    wrong: [
      ['red', 'C red', 'B blue', 'A ) red'],
      [r`2\sqrt{3}`, '3√2', '10'],
    ],
  },
  {
    trap: 'an option that begins with a name',
    type: 'choice',
    choices: ['A negative', 'B negative', 'O positive'],
    right: [['A negative', 'A negative', 'A']],
    wrong: [
      ['A negative', 'negative'],
      ['B negative', 'a'],
    ],
  },
  {
    trap: 'a capital A is a name',
    type: 'text',
    right: [
      ['A negative', 'A negative'],
      ['red car', 'a red car', 'A red car.'],
      ['owl', 'An owl'],
    ],
    wrong: [
      ['A negative', 'negative'],
      ['A minor', 'minor'],
      ['A flat', 'flat'],
      ['A 4', '4'],
    ],
  },
  {
    trap: 'a set with names',
    type: 'set',
    right: [['A negative, B', 'B, A negative']],
    wrong: [['A negative, B', 'negative, B']],
  },
  {
    trap: 'yes and no with a reason',
    type: 'boolean',
    right: [
      ['true', 'True, because it is red', 'Yes. The sign says so'],
      ['false', 'not true', 'No - it is closed'],
    ],
    wrong: [
      ['true', 'True, or false', 'Yes, no', "True, but it isn't", 'True story'],
      ['false', 'not false'],
    ],
  },
  {
    trap: 'a day as programs write it, and a year in words',
    type: 'date',
    right: [
      ['2020-03-12', '2020-03-12T00:00:00Z', '20200312'],
      ['2020', 'the year 2020'],
      ['1066', '1066 AD'],
    ],
    wrong: [
      ['2020-03-13', '2020-03-12T10:30:00Z', '20201303'],
      ['2020', 'the year 2021'],
      ['1066', '1066 BC'],
    ],
  },
  {
    trap: 'a formula of chemistry',
    type: 'text',
    right: [
      ['H2O', 'H₂O'],
      ['H₂O', r`H_2O`],
    ],
    wrong: [['H₂O', 'H3O', 'HO₂']],
  },
]
