import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import type { SigningKey } from '@keyhaven/core'
import { attacksOnClaims } from './claim-attacks.ts'
import type { Attack, Workshop } from './claim-attacks.ts'

const encode = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

/** Signs anything with our own key: what only a broken issuer would do. */
export function signedBy(key: SigningKey, header: unknown, payload: unknown): string {
  const input = `${encode(header)}.${encode(payload)}`
  const signature = sign('sha256', Buffer.from(input), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${input}.${signature.toString('base64url')}`
}

/** Attacks on format and signature (6.1) and on claims and kinds (6.2) that concern signed tokens. */
export function attacks(shop: Workshop): readonly Attack[] {
  return [
    ...onTheSignature(shop),
    ...onTheHeader(shop),
    ...onTheSpelling(shop),
    ...attacksOnClaims(shop, signedBy),
  ]
}

function hmacSigned(header: object, claims: unknown, secret: string): string {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

function onTheSignature({ key, removed, jwks, header, claims }: Workshop): Attack[] {
  const good = signedBy(key, header, claims)
  const unsigned = good.slice(0, good.lastIndexOf('.'))
  const hs = { ...header, alg: 'HS256' }
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = own.publicKey.export({ format: 'jwk' })
  const pem = own.publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const embedded = `${encode({ ...header, jwk })}.${encode(claims)}`
  const self = sign('sha256', Buffer.from(embedded), {
    key: own.privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  const der = sign('sha256', Buffer.from(unsigned), key.privateKey)
  return [
    {
      id: 'J01',
      what: 'alg none',
      tokens: ['none', 'None', 'NONE', 'nOnE', 'none '].flatMap((alg) => [
        `${encode({ ...header, alg })}.${encode(claims)}.`,
        signedBy(key, { ...header, alg }, claims),
      ]),
    },
    { id: 'J04', what: 'signature stripped', tokens: [`${unsigned}.`, unsigned] },
    {
      id: 'J06',
      what: 'the public key as HMAC secret',
      tokens: [jwks, JSON.stringify(key.publicJwk), pem, ` \n${pem}`].map((secret) =>
        hmacSigned(hs, claims, secret),
      ),
    },
    {
      id: 'J09',
      what: 'another label of the family',
      tokens: ['ES384', 'ES512', 'RS256', 'PS256', 'EdDSA'].map((alg) =>
        signedBy(key, { ...header, alg }, claims),
      ),
    },
    {
      id: 'J11',
      what: 'an embedded jwk',
      tokens: [
        `${embedded}.${self.toString('base64url')}`,
        signedBy(key, { ...header, jwk }, claims),
        signedBy(key, { ...header, jku: 'https://evil.example/jwks' }, claims),
        signedBy(key, { ...header, x5c: ['AA=='] }, claims),
      ],
    },
    {
      id: 'J13',
      what: 'a DER signature (JOSE-13)',
      tokens: [`${unsigned}.${der.toString('base64url')}`],
    },
    {
      id: 'J18',
      what: 'the right kid, signed by another issuer',
      tokens: [signedBy(removed, header, claims)],
    },
    {
      id: 'J40',
      what: 'signatures of wrong length or of zeros',
      tokens: [0, 1, 63, 64, 65, 128].map(
        (length) => `${unsigned}.${Buffer.alloc(length).toString('base64url')}`,
      ),
    },
    {
      id: 'J46',
      what: 'a key that is published no more',
      tokens: [signedBy(removed, { ...header, kid: removed.kid }, claims)],
    },
  ]
}

function onTheHeader({ key, header, claims }: Workshop): Attack[] {
  const kid = (value: unknown): string => signedBy(key, { ...header, kid: value }, claims)
  const { kid: _kid, ...anonymous } = header
  return [
    {
      id: 'J14',
      what: 'a path as kid',
      tokens: ['../../../../dev/null', '/proc/self/environ', '..\\..\\x'].flatMap((path) => [
        kid(path),
        hmacSigned({ ...header, alg: 'HS256', kid: path }, claims, ''),
      ]),
    },
    {
      id: 'J15',
      what: 'SQL, LDAP and shell as kid',
      tokens: ["x' UNION SELECT 'secret", '*)(uid=*', '|id', '`id`', "x'; SELECT sleep(9)--"].map(
        kid,
      ),
    },
    {
      id: 'J16',
      what: 'a kid of wrong type or size',
      tokens: [
        7,
        {},
        [],
        null,
        'x'.repeat(5000),
        'a\u0000b',
        '__proto__',
        'constructor',
        'toString',
        '',
      ].map(kid),
    },
    { id: 'J17', what: 'no kid', tokens: [signedBy(key, anonymous, claims)] },
    {
      id: 'J22',
      what: 'critical extensions',
      tokens: [['b64'], ['exp'], [], 'b64', ['unknown']]
        .map((crit) => signedBy(key, { ...header, crit, b64: false }, claims))
        .concat(signedBy(key, { ...header, b64: false }, claims)),
    },
    {
      id: 'J33',
      what: 'a header that is no object',
      tokens: ['[]', '"x"', '1', 'null', '', '{"alg":"ES256"'].map((text) =>
        signedBy(key, text, claims),
      ),
    },
    {
      id: 'J34',
      what: 'repeated members',
      tokens: [
        signedBy(key, JSON.stringify(header).replace('{', '{"alg":"none",'), claims),
        signedBy(key, header, JSON.stringify(claims).replace('{', '{"sub":"admin",')),
      ],
    },
    {
      id: 'J35',
      what: 'broken UTF-8 and a byte order mark',
      tokens: [`\ufeff${JSON.stringify(claims)}`].map((text) => signedBy(key, header, text)),
    },
    {
      id: 'J36',
      what: 'oddities of JSON',
      tokens: [
        ...['// comment\n', ''].map(
          (lead) => `${lead}${JSON.stringify(claims)}${lead === '' ? ',' : ''}`,
        ),
        JSON.stringify(claims).replace('{', '{"n":NaN,'),
        JSON.stringify(claims).replaceAll('"', "'"),
      ].map((text) => signedBy(key, header, text)),
    },
    {
      id: 'J37',
      what: 'another kind of token',
      tokens: [
        'JWT',
        'id_token',
        'logout+jwt',
        'secevent+jwt',
        'dpop+jwt',
        'at+jwt+x',
        '',
        'application/at',
        undefined,
        7,
      ].map((typ) => signedBy(key, { ...header, typ }, claims)),
    },
  ]
}

function onTheSpelling({ key, header, claims }: Workshop): Attack[] {
  const good = signedBy(key, header, claims)
  const [h = '', p = '', s = ''] = good.split('.')
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const twin = (text: string): string =>
    text.slice(0, -1) + (alphabet[alphabet.indexOf(text.at(-1) ?? 'A') ^ 1] ?? '')
  return [
    {
      id: 'J25',
      what: 'a serialisation in JSON',
      tokens: [
        JSON.stringify({ protected: h, payload: p, signature: s }),
        JSON.stringify({ payload: p, signatures: [{ protected: h, signature: s }] }),
      ],
    },
    {
      id: 'J26',
      what: 'a wrong number of segments',
      tokens: [h, `${h}.${p}`, `${good}.x`, `${good}.x.x`, `.${good}`, `${h}..${s}`, `${good}.`],
    },
    { id: 'J28', what: 'padding', tokens: [`${h}=.${p}.${s}`, `${h}.${p}==.${s}`, `${good}=`] },
    {
      id: 'J29',
      what: 'blanks inside',
      tokens: [`${h} .${p}.${s}`, `${h}.${p.slice(0, 9)}\t${p.slice(9)}.${s}`, `${h}. ${p}.${s}`],
    },
    {
      id: 'J30',
      what: 'the alphabet of plain base64',
      tokens: [`${h}.${p}.${s.slice(0, -2)}+/`, `${h}.+${p}.${s}`],
    },
    { id: 'J31', what: 'stray bits at the end', tokens: [`${h}.${p}.${twin(s)}`] },
    {
      id: 'J32',
      what: 'foreign characters',
      tokens: ['?', '#', '%41', '~'].map((sign) => `${good}${sign}`),
    },
  ]
}

/** base64url(SHA-256(text)): how a token holds the XSRF token. */
export function xsrfHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
