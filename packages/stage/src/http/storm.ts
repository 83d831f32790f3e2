/** Constant sign-ins, from a process of its own, so that they don't delay the process that measures. */
import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** The load: sign-ins of these people at a constant rate, independent of the answers. */
export interface Storm {
  readonly address: string
  readonly origin: string
  readonly logins: readonly string[]
  readonly password: string
  /** Sign-ins a second. */
  readonly rate: number
  readonly seconds: number
}

/** One answer. */
export interface Drop {
  /** The status, and the code of a refusal. */
  readonly what: string
  readonly milliseconds: number
  readonly retryAfter: number | undefined
}

const storm = JSON.parse(await text(process.stdin)) as Storm
const agent = new Agent({ keepAlive: true })
const drops: Promise<Drop>[] = []
const began = performance.now()
for (;;) {
  const passed = (performance.now() - began) / 1000
  if (passed >= storm.seconds) break
  while (drops.length < passed * storm.rate) drops.push(signIn(drops.length))
  await sleep(5)
}
process.stdout.write(JSON.stringify(await Promise.all(drops)))
agent.destroy()

async function signIn(index: number): Promise<Drop> {
  const since = performance.now()
  try {
    const { response, body } = await post(index)
    const { code = '' } = JSON.parse(body) as { code?: string }
    const retryAfter = response.headers['retry-after']
    return {
      what: `${response.statusCode} ${code}`.trim(),
      milliseconds: performance.now() - since,
      retryAfter: retryAfter === undefined ? undefined : Number(retryAfter),
    }
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    return { what, milliseconds: performance.now() - since, retryAfter: undefined }
  }
}

interface Answered {
  readonly response: IncomingMessage
  readonly body: string
}

async function post(index: number): Promise<Answered> {
  const body = JSON.stringify({
    login: storm.logins[index % storm.logins.length],
    password: storm.password,
  })
  const sent = request(`${storm.address}/sessions`, {
    agent,
    method: 'POST',
    headers: {
      origin: storm.origin,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      // Each request has an address of its own, so that no rate limit refuses it
      'x-forwarded-for': `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    },
  })
  sent.end(body)
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve)
      sent.once('error', reject)
      sent.setTimeout(20_000, () => sent.destroy(new Error('no answer within 20 s')))
    })
    return { response, body: await text(response) }
  } catch (error) {
    // The service closed this idle connection while the request was on its way. Browsers retry too
    const closed = error instanceof Error && 'code' in error && error.code === 'ECONNRESET'
    if (closed && sent.reusedSocket) return post(index)
    throw error
  }
}
