import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Frame, FrameError, frameReader } from '../../sandbox/frames.ts'

const encode = ({ header, payload }: Pick<Frame, 'header' | 'payload'>): Buffer =>
  Buffer.concat([Buffer.from(`${JSON.stringify({ ...header, size: payload.length })}\n`), payload])

function readAll(bytes: Buffer, length: number): Frame[] {
  const frames: Frame[] = []
  const read = frameReader(frame => frames.push(frame))
  for (let place = 0; place < bytes.length; place += length) read(bytes.subarray(place, place + length))
  return frames
}

test('frames come out as they went in, however they are cut', () => {
  const frame = fc.record({
    header: fc.record({ type: fc.string() }),
    payload: fc.uint8Array().map(bytes => Buffer.from(bytes)),
  })
  fc.assert(
    fc.property(fc.array(frame), fc.integer({ min: 1, max: 50 }), (frames, length) => {
      const got = readAll(Buffer.concat(frames.map(encode)), length)
      expect(got.map(({ header }) => header.type)).toEqual(frames.map(({ header }) => header.type))
      expect(got.map(({ payload }) => payload.toString('hex'))).toEqual(
        frames.map(({ payload }) => payload.toString('hex')),
      )
    }),
  )
})

test.each(['null\n', '[]\n', 'x\n', '{}\n', '{"size":-1}\n', '{"size":1.5}\n', '{"size":99999999999}\n'])(
  '%j is refused',
  line => {
    expect(() => readAll(Buffer.from(line), 3)).toThrow(FrameError)
  },
)

test('a header without an end is refused before it fills memory', () => {
  const read = frameReader(() => {})
  const chunk = Buffer.alloc(1 << 18, 'x')
  expect(() => {
    for (let index = 0; index < 8; index += 1) read(chunk)
  }).toThrow(FrameError)
})
