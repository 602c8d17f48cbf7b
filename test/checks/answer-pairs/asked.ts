import type { Trap } from './trap.ts'

interface Asked {
  question: string
  answer: string
  right: string[]
  wrong: string[]
}

/** The same numbers under questions that ask for one unit or another. */
const questions: Asked[] = [
  {
    question: 'How many metres are 3 km?',
    answer: '3000',
    right: ['3000', '3000 m', '3000 metres', '3 km'],
    wrong: ['3000 km', '3 m', '3', '3000 g', '$3000', '3000%'],
  },
  {
    question: 'How fast is it?',
    answer: '10 m/s',
    right: ['10 m/s', '36 km/h', '36 km per hour', '600 m/min'],
    wrong: ['10 km/h', '36 m/s', '3.6 km/h', '10 m', '36 km', '36 kg/h'],
  },
  {
    question: 'How fast is it in km/h?',
    answer: '36',
    right: ['36', '36 km/h', '10 m/s'],
    wrong: ['10', '36 m/s', '10 km/h', '129.6 m/s'],
  },
  {
    question: 'What is the density of the liquid?',
    answer: '1.2 g/ml',
    right: ['1.2 g/ml', '1200 g/L', '1.2 kg/L'],
    wrong: ['1.2 g/L', '12 kg/L', '1200 kg/L', '1.2 g'],
  },
  {
    question: 'How many kilometres are 3000 m?',
    answer: '3',
    right: ['3', '3 km', '3000 m'],
    wrong: ['3 m', '3000', '3000 km'],
  },
  {
    question: 'Convert 50 dollars to euros.',
    answer: '45',
    right: ['45', '€45', '45 euros', '45 EUR'],
    wrong: ['45 dollars', '$45', '45%', '45 km'],
  },
  {
    question: 'A train goes 60 km/h for 2 hours. How far does it go, in km?',
    answer: '120',
    right: ['120', '120 km', '120 kilometers'],
    wrong: ['120 hours', '120 km/h', '120 h', '120 miles'],
  },
  {
    question: 'A train goes 120 km in 2 hours. How fast is it in km/h?',
    answer: '60',
    right: ['60', '60 km/h', '60 km per hour', '60 kilometres per hour'],
    wrong: ['60 km', '60 hours', '60 m', '60 mg/h'],
  },
  {
    question: 'A train goes 60 km/h. How long does it take for 120 km?',
    answer: '2',
    right: ['2', '2 hours', '120 minutes'],
    wrong: ['2 km', '2 minutes', '$2', '2%'],
  },
  {
    question: 'A shirt of $40 is 25% off. What does it cost in dollars?',
    answer: '30',
    right: ['30', '$30', '30 dollars', 'USD 30', '30 US dollars'],
    wrong: ['30%', '€30', '30 cents'],
  },
  {
    question: 'A shirt of $40 costs $30 now. By what percentage was it reduced? Give your answer in percent.',
    answer: '25',
    right: ['25', '25%', '25 percent'],
    wrong: ['$25', '25 dollars', '0.25'],
  },
  {
    question: 'The square has sides of 3 cm. What is its area?',
    answer: '9',
    right: ['9', '9 cm^2', '9 cm²', '9 square centimetres', '0.0009 m²'],
    wrong: ['9 cm', '9 m²', '9 mm^2', '9 cm^3', '9%'],
  },
  {
    question: 'The square has sides of 3 cm. What is its perimeter?',
    answer: '12',
    right: ['12', '12 cm', '0.12 m', '120 mm'],
    wrong: ['12 cm^2', '12 m', '12 kg'],
  },
  {
    question: 'The cube has sides of 3 cm. What is its volume?',
    answer: '27',
    right: ['27', '27 cm^3', '27 cubic centimeters'],
    wrong: ['27 cm', '27 cm^2', '27 m^3'],
  },
  {
    question: 'A rectangle has sides of 2 cm and 5 cm. What is the area in cm^2?',
    answer: '10',
    right: ['10', '10 cm^2'],
    wrong: ['10 cm', '10 m^2'],
  },
  {
    question: 'A rectangle has sides of 2 cm and 5 cm. What is the area (in mm²)?',
    answer: '1000',
    right: ['1000', '1000 mm²', '10 cm²'],
    wrong: ['1000 mm', '1000 cm²'],
  },
  {
    question: 'How many hours and minutes are left?',
    answer: '5',
    right: ['5'],
    wrong: ['5 minutes', '5 hours'],
  },
  {
    question: 'How many people are in the picture?',
    answer: '15',
    right: ['15', '15 people', 'fifteen'],
    wrong: ['15 km', '$15', '15 °C', '15%', '15 dogs'],
  },
  {
    question: 'There are 30 people on 2 km of road. How many people are there on 1 km?',
    answer: '15',
    right: ['15', '15 people'],
    wrong: ['15 km'],
  },
  {
    question: '20% of balls are red and 50% blue. What is the probability that a ball is neither?',
    answer: '0.3',
    right: ['0.3', '30%', '3/10'],
    wrong: ['0.3%', '30', '3%'],
  },
  {
    question: '20% of balls are red and 50% blue. What percent are neither?',
    answer: '30',
    right: ['30', '30%'],
    wrong: ['0.3', '0.3%'],
  },
  {
    question: 'How many apples more or less than Ann does Tom have?',
    answer: '5',
    right: ['5', '5 apples'],
    wrong: ['5 less', '5 more', '5 fewer'],
  },
  {
    question: 'How many floors above or below the ground is the garage?',
    answer: '5',
    right: ['5', '5 floors'],
    wrong: ['5 above', '5 below', '5 under'],
  },
  {
    question: 'How many days before or after Easter was it?',
    answer: '5',
    right: ['5', '5 days'],
    wrong: ['5 before', '5 after', '5 days before'],
  },
  { question: 'What is the number, plus or minus?', answer: '5', right: ['5'], wrong: ['5 minus', '5 plus'] },
  {
    question: 'What is the temperature on the thermometer in °C?',
    answer: '20',
    right: ['20', '20 °C', '20 degrees Celsius', '20 C', '20°', '20 celsius'],
    wrong: ['20 °F', '20 F', '20 km', '20 K'],
  },
  {
    question: 'What is the temperature in °F?',
    answer: '68',
    right: ['68', '68 °F', '68 F', '68 degrees Fahrenheit'],
    wrong: ['68 °C', '68 C'],
  },
  {
    question: 'How many litres are in the jug?',
    answer: '20',
    right: ['20', '20 L', '20 l', '20 litres', '20000 mL'],
    wrong: ['20 mL', '20 kg'],
  },
  {
    question: 'What force does the scale show?',
    answer: '12 N',
    right: ['12', '12 N', '12 newtons', '0.012 kN'],
    wrong: ['12 J', '12 kN', '12 kg'],
  },
  {
    question: 'What is the power of the lamp?',
    answer: '60 W',
    right: ['60 W', '60 watts', '0.06 kW', '60000 mW'],
    wrong: ['60 V', '60 MW', '60 kWh'],
  },
  {
    question: 'How many minutes does the film last?',
    answer: '90',
    right: ['90', '90 minutes', '1.5 hours', '1 h 30 min', '1 hour and 30 minutes'],
    wrong: ['90 hours', '1 h 3 min', '30 min 1 h', '1 h 30 km', '1 h 90 min'],
  },
  {
    question: 'How much does the sweet cost, in dollars?',
    answer: '0.05',
    right: ['0.05', '$0.05', '5 cents'],
    wrong: ['5', '$5', '50 cents', '5 euros'],
  },
  {
    question: 'How many are there?',
    answer: '10^3',
    right: ['1000', '10^3', '10^{3}', '10**3'],
    wrong: ['103', '10', '10^2'],
  },
  { question: 'How many are there?', answer: '1000', right: ['10^3', '1 × 10^3'], wrong: ['10^-3', '10^4'] },
]

/** The unit that is asked for decides, and no unit of what is given. */
export const asked: Trap[] = questions.map(({ question, answer, right, wrong }) => ({
  trap: `${answer} where it is asked: ${question}`,
  type: 'number',
  question,
  right: [[answer, ...right]],
  wrong: [[answer, ...wrong]],
}))
