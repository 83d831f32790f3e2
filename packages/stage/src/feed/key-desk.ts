import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { checkedSecret } from '@keyhaven/core'
import { API_KEY_PREFIX } from '@keyhaven/core/wire'
import type { Introspection } from '@keyhaven/core/wire'

/** Members of an answer that differ from the usual ones. */
export type KeyChange = Readonly<Record<string, unknown>>

/** A new API key, whose checksum is right. */
export function randomKey(): {
  readonly id: string
  readonly key: string
  readonly secret: string
} {
  const id = API_KEY_PREFIX + alphanumeric(16)
  const secret = checkedSecret(alphanumeric(43))
  return { id, secret, key: `${id}_${secret}` }
}

/** Answers guards about API keys, as the introspection of a service does. A test can make it lie. */
export function createKeyDesk(issuer: string, feedKey: string) {
  const answers = new Map<string, Introspection>()
  const asked: string[] = []
  let lie: RequestListener | undefined
  let count = 0
  return {
    /** The keys that were asked about, in order. */
    asked,
    /** Makes a key, or answers about a known one with other members from now on. */
    admit: (change: KeyChange = {}, made = randomKey()) => {
      answers.set(made.key, { ...claimsOf(issuer, made.id, `key-jti-${++count}`), ...change })
      return made
    },
    /** Refuses a key from now on. */
    refuse: (key: string, code?: string): void => {
      answers.set(key, { active: false, ...(code !== undefined && { code }) })
    },
    /** Answers all questions by this listener, until it is `undefined`. */
    lieWith: (listener: RequestListener | undefined): void => {
      lie = listener
    },
    answer: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      let body = ''
      for await (const piece of request) body += String(piece)
      const { authorization, 'content-type': type } = request.headers
      const isForm = type === 'application/x-www-form-urlencoded' && request.method === 'POST'
      const key = new URLSearchParams(body).get('token') ?? ''
      asked.push(key)
      if (lie !== undefined) return lie(request, response)
      if (authorization !== `Bearer ${feedKey}` || !isForm)
        return void response.writeHead(401).end()
      const answer = answers.get(key) ?? { active: false, code: 'token_invalid' }
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
    },
  }
}

function claimsOf(issuer: string, id: string, jti: string): Introspection {
  const now = Math.floor(Date.now() / 1000)
  return {
    active: true,
    token_type: 'Bearer',
    iss: issuer,
    sub: `${issuer}/accounts/acc_1`,
    aud: [new URL(issuer).origin],
    exp: now + 600,
    iat: now,
    jti,
    era: 'era-1',
    client_id: id,
    scope: 'notes:read',
  }
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function alphanumeric(length: number): string {
  return Array.from(randomBytes(length), (byte) => LETTERS[byte % 62]).join('')
}
