/** What can be wrong with what a trainer makes of a row, and how a person is told. */
export const trainingFaults = {
  row_refused: 'the trainer does not take the row',
  cut: 'the row is cut: its end is not trained',
  system_lost: 'the system prompt is not there',
  tools_lost: 'a tool’s description is not there',
  question_lost: 'the question is not there',
  thought_lost: 'a thought is not there',
  call_lost: 'a call is not there, or is another one',
  result_lost: 'a result is not there',
  reminder_lost: 'a reminder is not there',
  picture_lost: 'a picture is not there',
  answer_lost: 'the answer is not there',
  order_changed: 'something stands where it was not said',
  picture_moved: 'a picture stands where it was not shown',
  picture_repeated: 'there are more pictures than were shown',
  placeholder_left: 'a placeholder of a picture is left as text',
  nothing_trained: 'the loss covers nothing of the row',
  thought_untrained: 'a thought is not trained',
  call_untrained: 'a call is not trained',
  answer_untrained: 'the answer is not trained',
  end_untrained: 'the end of a turn is not trained, so the model learns no stopping',
  system_trained: 'the system prompt is trained',
  tools_trained: 'the description of a tool is trained',
  question_trained: 'the question is trained',
  observation_trained: 'a result is trained',
  reminder_trained: 'a reminder is trained',
  untaught_trained: 'a turn that was to be left out of the loss is trained',
  header_trained: 'the head of a turn is trained: the model would learn to write others’ turns',
  empty_thought_trained: 'an empty thought is trained',
} as const

export type TrainingFaultKind = keyof typeof trainingFaults

export interface TrainingFault {
  kind: TrainingFaultKind
  /** The turn it is found in, from 1; 0 is before the first. */
  turn: number
  /** What is meant, or what the trainer says. */
  detail: string
}
