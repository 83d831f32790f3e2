import type { SigningKey } from '@keyhaven/core'

/** What an attacker, or a careless issuer, puts into a request. */
export interface Attack {
  /** Id in the catalogue of attacks. */
  readonly id: string
  readonly what: string
  readonly tokens: readonly string[]
}

/** What attacks are made of: a good token's parts, and the means to sign others. */
export interface Workshop {
  readonly key: SigningKey
  /** A second key of the same issuer that is published no more. */
  readonly removed: SigningKey
  readonly jwks: string
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** Attacks on claims and kinds of tokens (6.2). */
export function attacksOnClaims(
  { key, header, claims }: Workshop,
  signedBy: (by: SigningKey, header: unknown, payload: unknown) => string,
): Attack[] {
  const now = Math.floor(Date.now() / 1000)
  const iss = String(claims['iss'])
  const change = (...changes: readonly object[]): string[] =>
    changes.map((one) => signedBy(key, header, { ...claims, ...one }))
  const text = JSON.stringify(claims)
  return [
    { id: 'C01', what: 'expired', tokens: change({ iat: now - 100, exp: now - 6 }) },
    {
      id: 'C04',
      what: 'an extreme end',
      tokens: [
        ...change(
          ...[
            9e15,
            -1,
            0,
            now + 600.5,
            2 ** 53 + 2,
            (now + 600) * 1000,
            String(now + 600),
            null,
            undefined,
            [now + 600],
          ].map((exp) => ({ exp })),
        ),
        signedBy(key, header, text.replace(/"exp":\d+/, '"exp":1e400')),
      ],
    },
    {
      id: 'C05',
      what: 'not before a later time, or no time',
      tokens: change({ nbf: now + 60 }, { nbf: 'now' }, { nbf: null }, { nbf: 1.5 }),
    },
    { id: 'C06', what: 'issued in the future', tokens: change({ iat: now + 60, exp: now + 600 }) },
    {
      id: 'C08',
      what: 'a wrong audience',
      tokens: change(
        ...[
          undefined,
          '',
          null,
          7,
          {},
          [],
          [1, iss],
          `${iss}/`,
          [iss.toUpperCase()],
          [`${iss}.evil.example`],
          ['api'],
        ].map((aud) => ({ aud })),
      ),
    },
    {
      id: 'C10',
      what: 'another issuer',
      tokens: change(
        ...[
          `${iss}/`,
          iss.toUpperCase(),
          `${iss}.evil.example`,
          iss.replace('localhost', '127.0.0.1'),
          [iss],
          undefined,
        ].map((other) => ({ iss: other })),
      ),
    },
    {
      id: 'C12',
      what: 'an ID token',
      tokens: [
        signedBy(
          key,
          { ...header, typ: 'JWT' },
          { iss, aud: 'client', sub: claims['sub'], exp: now + 600, iat: now, nonce: 'n' },
        ),
      ],
    },
    {
      id: 'C16',
      what: 'logout tokens, security events, proofs',
      tokens: [
        'logout+jwt',
        'secevent+jwt',
        'dpop+jwt',
        'dbsc+jwt',
        'token-introspection+jwt',
        'client-authentication+jwt',
      ].map((typ) => signedBy(key, { ...header, typ }, claims)),
    },
    {
      id: 'C23',
      what: 'an odd subject',
      tokens: change(
        ...[
          'a\u0000b',
          '\u202eabc',
          '\ud800',
          'x'.repeat(5000),
          7,
          ['a'],
          '',
          ' a ',
          undefined,
        ].map((sub) => ({ sub })),
      ),
    },
    {
      id: 'C27',
      what: 'a jti that is missing or huge',
      tokens: change({ jti: undefined }, { jti: '' }, { jti: 7 }, { jti: 'x'.repeat(300) }),
    },
    {
      id: 'C28',
      what: 'scopes with wildcards or of wrong type',
      tokens: change({ scope: '*' }, { scope: 'notes:*' }, { scope: ['notes:read'] }),
    },
    { id: 'C29', what: 'a life of more than a day', tokens: change({ exp: now + 86_500 }) },
  ]
}
