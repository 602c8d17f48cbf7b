import type { Label, LabelBox } from '../label.ts'
import type { BoxedPicture, LabelConverter, LabelledRow } from './converter.ts'

/**
 * Tasks with annotations for Label Studio's import (labelstud.io/guide/task_format). The project's labelling interface
 * has to be `labelStudioInterface`.
 */
export const toLabelStudio: LabelConverter = rows => `${JSON.stringify(rows.map(taskOf), null, 2)}\n`

/** What a project shows and asks, in Label Studio's tags (labelstud.io/tags). */
export const labelStudioInterface = `<View>
  <Text name="question" value="$question"/>
  <Text name="conversation" value="$conversation"/>
  <Text name="answer" value="$answer"/>
  <Image name="picture" value="$picture"/>
  <Choices name="label" toName="question" choice="single">
    <Choice value="good"/><Choice value="bad"/><Choice value="unsure"/>
  </Choices>
  <TextArea name="reasons" toName="question"/>
  <TextArea name="note" toName="question"/>
  <RectangleLabels name="box" toName="picture"><Label value="fault"/></RectangleLabels>
</View>
`

function taskOf(row: LabelledRow) {
  const { key, task, question, conversation, answer, teacherAnswer, kept, said } = row
  const [picture] = row.pictures
  return {
    data: {
      ...{ key, task, question, conversation, kept },
      answer: `${teacherAnswer} (true answer: ${answer})`,
      // A task has one picture: the first that a box lies on.
      picture: picture ? dataUrl(picture[1]) : blank,
    },
    annotations: said.map(label => annotationOf(label, picture)),
  }
}

const dataUrl = ({ mime, bytes }: BoxedPicture) =>
  `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`

/** A picture of one pixel, since its tag wants one. */
const blank = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

function annotationOf({ label, by, at, reasons, note, box }: Label, picture?: [number, BoxedPicture]) {
  return {
    // Who it was: its users have other names than these.
    result: [
      choice('label', [label ?? 'unsure']),
      ...(reasons.length > 0 ? [text('reasons', [...reasons])] : []),
      text('note', [[by, note].filter(Boolean).join(': ')]),
      ...(box && picture && picture[0] === box.image ? [rectangle(box, picture[1])] : []),
    ],
    was_cancelled: false,
    ground_truth: false,
    created_at: at,
    lead_time: 0,
  }
}

const onQuestion = (name: string) => ({ id: name, from_name: name, to_name: 'question' })
const choice = (name: string, choices: string[]) => ({
  ...onQuestion(name),
  type: 'choices',
  value: { choices },
})
const text = (name: string, lines: string[]) => ({
  ...onQuestion(name),
  type: 'textarea',
  value: { text: lines },
})

/** Percent of the picture's sides. */
const rectangle = ({ left, top, right, bottom }: LabelBox, { width, height }: BoxedPicture) => ({
  ...{ id: 'box', from_name: 'box', to_name: 'picture', type: 'rectanglelabels' },
  ...{ original_width: width, original_height: height, image_rotation: 0 },
  value: {
    ...{ x: (100 * left) / width, y: (100 * top) / height },
    ...{ width: (100 * (right - left)) / width, height: (100 * (bottom - top)) / height },
    rotation: 0,
    rectanglelabels: ['fault'],
  },
})
