import { r, type Trap } from './trap.ts'

/** Answers in the words that people use. */
export const worded: Trap[] = [
  {
    trap: 'a letter with the text of its option, or the option in another writing',
    type: 'choice',
    choices: ['blue', 'red', r`2\sqrt{3}`, '10%'],
    right: [
      ['B red', 'red'],
      ['B, red', 'red'],
      ['B ) red', 'red'],
      ['B )', 'red'],
      ['2√3', r`2\sqrt{3}`],
      [r`\sqrt{12}`, r`2\sqrt{3}`],
      ['0.1', '10%'],
    ],
    wrong: [
      ['C red', 'red'],
      ['B blue', 'red'],
      ['A ) red', 'red'],
      ['3√2', r`2\sqrt{3}`],
      ['10', r`2\sqrt{3}`],
    ],
  },
  {
    trap: 'an option that begins with a name',
    type: 'choice',
    choices: ['A negative', 'B negative', 'O positive'],
    right: [
      ['A negative', 'A negative'],
      ['A', 'A negative'],
    ],
    wrong: [
      ['negative', 'A negative'],
      ['a', 'B negative'],
    ],
  },
  {
    trap: 'a capital A is a name',
    type: 'text',
    right: [
      ['A negative', 'A negative'],
      ['a red car', 'red car'],
      ['A red car.', 'red car'],
      ['An owl', 'owl'],
    ],
    wrong: [
      ['negative', 'A negative'],
      ['minor', 'A minor'],
      ['flat', 'A flat'],
      ['4', 'A 4'],
    ],
  },
  {
    trap: 'a set with names',
    type: 'set',
    right: [['B, A negative', 'A negative, B']],
    wrong: [['negative, B', 'A negative, B']],
  },
  {
    trap: 'yes and no with a reason',
    type: 'boolean',
    right: [
      ['True, because it is red', 'true'],
      ['Yes. The sign says so', 'true'],
      ['not true', 'false'],
      ['No - it is closed', 'false'],
    ],
    wrong: [
      ['True, or false', 'true'],
      ['Yes, no', 'true'],
      ["True, but it isn't", 'true'],
      ['not false', 'false'],
      ['True story', 'true'],
    ],
  },
  {
    trap: 'a day as programs write it, and a year in words',
    type: 'date',
    right: [
      ['2020-03-12T00:00:00Z', '2020-03-12'],
      ['20200312', '2020-03-12'],
      ['the year 2020', '2020'],
      ['1066 AD', '1066'],
    ],
    wrong: [
      ['2020-03-12T10:30:00Z', '2020-03-13'],
      ['20201303', '2020-03-13'],
      ['the year 2021', '2020'],
      ['1066 BC', '1066'],
    ],
  },
  {
    trap: 'a formula of chemistry',
    type: 'text',
    right: [
      ['H₂O', 'H2O'],
      [r`H_2O`, 'H₂O'],
    ],
    wrong: [
      ['H3O', 'H₂O'],
      ['HO₂', 'H₂O'],
    ],
  },
]
