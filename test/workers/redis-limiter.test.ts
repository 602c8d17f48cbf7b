import { connect } from '../../workers/redis-connection.ts'
import { redisLimiter } from '../../workers/redis-limiter.ts'
import { limiterConformance } from '../conformance/limiter.ts'
import { redisServer } from '../servers/redis.ts'

limiterConformance(async work => {
  await using server = await redisServer()
  const client = await connect(server.url)
  await work(() => redisLimiter(client, '{test}:'))
  client.disconnect()
})
