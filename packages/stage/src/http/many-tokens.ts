/** Sends a guard many good tokens, each once, and prints the memory in use. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createKeySet, generateSigningKey, issueAccessToken, publicJwks } from '@keyhaven/core'
import { cookieNames, createRevocations, guardOver } from '@keyhaven/guard/kit'

const [count = 0, padding = 0] = process.argv.slice(2).map(Number)
const issuer = 'https://app.example/auth'
const { origin } = new URL(issuer)
const key = generateSigningKey('ES256')
const now = Math.floor(Date.now() / 1000)
const known = {
  cookies: cookieNames(new URL(issuer)),
  origins: { own: [origin], bearer: [], development: false },
  keys: createKeySet(publicJwks([key])),
}
const guard = guardOver(
  {
    issuer,
    audience: [origin],
    access: { scopes: [], roles: {}, defaultRoles: [], rules: {} },
    known: () => known,
    mayRefetch: () => false,
    revocations: createRevocations(),
    now: () => now,
    development: false,
  },
  () => {},
)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const step = Math.ceil(count / 10)
for (let at = 1; at <= count; at++) {
  const claims = {
    iss: issuer,
    sub: `${issuer}/accounts/acc_${at}`,
    aud: [issuer, origin],
    exp: now + 600,
    iat: now,
    jti: `token-${at}`,
    sid: `ses_${at}`,
    client_id: 'web',
    xsrf: 'x'.repeat(43),
    ...(padding > 0 && { note: 'n'.repeat(padding) }),
  }
  const cookie = `${known.cookies.access}=${issueAccessToken(claims, key)}`
  const header = (name: string): string | undefined => (name === 'cookie' ? cookie : undefined)
  const decision = guard.decide({ method: 'GET', url: '/', header })
  if (!decision.ok) throw new Error(`token ${at} was refused`)
  if (at % step === 0) {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    process.stdout.write(`${at} tokens: ${Math.round((heapUsed + external) / 1e6)} MB\n`)
  }
}
