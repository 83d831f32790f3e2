import { request as overHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as overHttps } from 'node:https'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { judgedLookup, requireCallable } from './judged-lookup.ts'
import type { OutgoingRules } from './judged-lookup.ts'

/** A call of another host. */
export interface OutgoingGet {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds from the look-up of the host to the last byte. */
  readonly timeout: number
}

/** Bytes of an answer as it is sent (H32). */
const MOST_SENT = 65_536

/** Bytes of an answer that was compressed. */
const MOST_TEXT = 262_144

/**
 * Reads a text from another host. No redirect is followed, and each address is judged where the
 * socket connects.
 * @throws Error with a `code`: the class of the failure, without the URL.
 */
export async function getText(
  { url, headers, timeout }: OutgoingGet,
  rules: OutgoingRules,
): Promise<string> {
  const place = `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`
  requireCallable(url, place, rules)
  const send = url.protocol === 'https:' ? overHttps : overHttp
  const signal = AbortSignal.timeout(timeout)
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = send(url, {
        headers: { ...headers, 'accept-encoding': 'gzip' },
        signal,
        agent: false,
        lookup: judgedLookup(place, rules),
      })
      sent.on('error', reject).on('response', resolve).end()
    })
    return await textOf(answer, await bytesOf(answer))
  } catch (error) {
    throw signal.aborted ? failure('TIMEOUT') : error
  }
}

async function bytesOf(answer: IncomingMessage): Promise<Buffer> {
  const { statusCode } = answer
  if (statusCode !== 200) {
    answer.destroy()
    throw failure(`STATUS_${statusCode}`)
  }
  const parts: Buffer[] = []
  let size = 0
  for await (const part of answer) {
    size += (part as Buffer).length
    if (size > MOST_SENT) throw failure('TOO_LARGE')
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts)
}

async function textOf({ headers }: IncomingMessage, bytes: Buffer): Promise<string> {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return bytes.toString()
  if (encoding !== 'gzip') throw failure('ENCODING')
  // A small answer must not become a large text
  const text = await promisify(gunzip)(bytes, { maxOutputLength: MOST_TEXT })
  return text.toString()
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}
