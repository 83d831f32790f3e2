import { randomInt, sign } from 'node:crypto'
import { checkAccessToken, createKeySet, generateSigningKey, publicJwks } from '@keyhaven/core'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'

const TOKENS = 10_000
const now = 1_800_000_000
const issuer = 'https://app.example/auth'
const key = generateSigningKey('ES256')
const other = generateSigningKey('ES256')
const jwks = publicJwks([key])
const ours = { keys: createKeySet(jwks), issuer, audience: issuer, now }
const theirs = createLocalJWKSet(jwks as Parameters<typeof createLocalJWKSet>[0])

const good = {
  iss: issuer,
  sub: `${issuer}/accounts/a`,
  aud: [issuer],
  exp: now + 600,
  iat: now,
  jti: 'j',
  client_id: 'web',
}
const header = { alg: 'ES256', kid: key.kid, typ: 'at+jwt' }

function signed(head: unknown, payload: unknown, by = key): string {
  const input = [head, payload]
    .map((part) =>
      Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'),
    )
    .join('.')
  const signature = sign('sha256', Buffer.from(input), {
    key: by.privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${input}.${signature.toString('base64url')}`
}

const pick = <T>(...choices: readonly [T, ...T[]]): T =>
  choices[randomInt(choices.length)] ?? choices[0]

/** Ways to make a token, good and broken; several lenient parsers differ on each. */
const makers: readonly (() => string)[] = [
  () => signed(header, { ...good, more: randomInt(1000) }),
  () => signed(header, good, other),
  () =>
    signed(
      { ...header, typ: pick<unknown>('JWT', 'application/at+jwt', 'AT+JWT', undefined, 7) },
      good,
    ),
  () => signed({ ...header, alg: pick('none', 'RS256', 'es256', 'ES384', 'HS256') }, good),
  () => signed({ ...header, kid: pick<unknown>('x', undefined, 7, '__proto__') }, good),
  () =>
    signed(
      {
        ...header,
        ...pick<object>({ crit: ['b64'], b64: false }, { b64: false }, { jwk: {} }, { x: 1 }),
      },
      good,
    ),
  () =>
    signed(header, {
      ...good,
      exp: pick<unknown>(now - 100, now - 5, now - 4, now + 0.5, '9', null, undefined, now * 1000),
    }),
  () =>
    signed(header, { ...good, iat: pick<unknown>(now + 100, now + 5, 'x', undefined, -1, 1.5) }),
  () => signed(header, { ...good, nbf: pick<unknown>(now + 100, now + 5, 'x', null, 0) }),
  () =>
    signed(header, {
      ...good,
      aud: pick<unknown>([], null, issuer, [7, issuer], `${issuer}/`, ['x']),
    }),
  () =>
    signed(header, {
      ...good,
      iss: pick<unknown>(`${issuer}/`, [issuer], undefined, 'https://APP.example/auth'),
    }),
  () =>
    signed(header, {
      ...good,
      [pick('sub', 'jti', 'client_id', 'sid', 'scope')]: pick<unknown>(
        7,
        '',
        [],
        '\u0000',
        '*',
        undefined,
      ),
    }),
  () => signed(header, JSON.stringify(good).replace('{', '{"sub":"x",')),
  () => signed(JSON.stringify(header).replace('{', '{"alg":"ES256",'), good),
  () =>
    signed(
      header,
      pick(
        '[]',
        '"x"',
        'null',
        `\ufeff${JSON.stringify(good)}`,
        `${JSON.stringify(good)},`,
        ` ${JSON.stringify(good)}`,
      ),
    ),
  () => signed(header, JSON.stringify(good).replace(String(now + 600), '1e400')),
  () => signed(header, good) + pick('=', '.', '\n', 'A', ' '),
  () => pick(' ', '.', '\ufeff') + signed(header, good),
  () => lastBitsChanged(signed(header, good)),
  () => signed(header, good).replace(/[A-Za-z]/, (letter) => (letter === 'A' ? 'B' : 'A')),
]

/** Another spelling of the same signature: unused bits of the last character. */
function lastBitsChanged(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(token.at(-1) ?? 'A')
  return token.slice(0, -1) + (alphabet[last ^ 1] ?? '')
}

async function joseAccepts(token: string): Promise<boolean> {
  try {
    await jwtVerify(token, theirs, {
      issuer,
      audience: issuer,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      clockTolerance: 5,
      currentDate: new Date(now * 1000),
    })
    return true
  } catch {
    return false
  }
}

/** Where we are stricter than jose, each with the demand that asks for it. */
const stricter: Readonly<Record<string, string>> = {
  'not canonical base64url': 'JOSE-2',
  'not three segments': 'JOSE-1',
  'header: exactly alg, kid, typ': 'CONTRACT §2',
  'header: a member name is repeated, or nesting is deeper than 8': 'JOSE-4',
  'claims: a member name is repeated, or nesting is deeper than 8': 'JOSE-4',
  'claims: not UTF-8': 'JOSE-4',
  'claims: not JSON': 'JOSE-4',
  'exp and iat are whole seconds': 'JOSE-18',
  'exp - iat': 'JOSE-18',
  'iat lies ahead': 'JOSE-18',
  nbf: 'JOSE-18',
  aud: 'JOSE-19',
  sub: 'AT-1',
  jti: 'AT-1',
  client_id: 'AT-1',
  sid: 'AT-1',
  scope: 'AT-1',
}

describe(`${TOKENS} generated tokens`, () => {
  it('are never accepted if jose refuses, and every further refusal has a named reason', async () => {
    const counts = { both: 0, neither: 0, stricter: 0 }
    const reasons = new Map<string, number>()
    for (let at = 0; at < TOKENS; at++) {
      const token = (makers[at % makers.length] ?? (() => ''))()
      const mine = checkAccessToken(token, ours)
      const jose = await joseAccepts(token)
      if (mine.ok) {
        expect(jose, token).toBe(true)
        counts.both++
      } else if (jose) {
        expect(stricter, `jose accepts ${token}`).toHaveProperty([mine.reason])
        reasons.set(mine.reason, (reasons.get(mine.reason) ?? 0) + 1)
        counts.stricter++
      } else counts.neither++
    }
    expect(counts.both).toBeGreaterThan(TOKENS / 20)
    process.stdout.write(`differential: ${JSON.stringify(counts)}\n`)
    process.stdout.write(`stricter than jose: ${JSON.stringify(Object.fromEntries(reasons))}\n`)
  })
})
