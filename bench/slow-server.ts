// A Chat Completions server that answers everything after a given time. Prints its port; ends with its parent.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const latencyMs = Number(process.argv[2])
const completion = JSON.stringify({
  id: 'completion',
  object: 'chat.completion',
  created: 0,
  model: 'slow',
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      logprobs: null,
      message: { role: 'assistant', content: 'It is plain to see. <answer>42</answer>', refusal: null },
    },
  ],
  usage: { prompt_tokens: 400, completion_tokens: 12, total_tokens: 412 },
})

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    setTimeout(
      () => response.writeHead(200, { 'content-type': 'application/json' }).end(completion),
      latencyMs,
    )
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
