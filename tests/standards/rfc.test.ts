import { createHmac } from 'node:crypto'
import { checkAccessToken, createKeySet, generateSigningKey, publicJwks } from '@keyhaven/core'
import type { Jwk } from '@keyhaven/core'
import { describe, expect, it } from 'vitest'
import { outcomeOf, report, vectorFiles, vectorJson, vectorText } from './vectors.ts'

describe('RFC 7515 and 7517, appendices', () => {
  report('rfc-appendix', vectorFiles('rfc-appendix').length)

  it.each([
    ['A.1', 'HS256'],
    ['A.3', 'ES256'],
  ])('verifies the compact form of %s', (name, alg) => {
    const key = vectorJson<Jwk>(`rfc-appendix/rfc7515_${name}.jwk`)
    const jws = vectorText(`rfc-appendix/rfc7515_${name}.jwsc`).trim()
    const outcome = outcomeOf(jws, key, alg)
    expect(outcome).toMatchObject({ accepted: true })
    expect(outcome.accepted && outcome.payload).toContain('"iss":"joe"')
  })
  it('refuses A.5, which has no signature', () => {
    const jws = vectorText('rfc-appendix/rfc7515_A.5.jwsc').trim()
    const key = vectorJson<Jwk>('rfc-appendix/rfc7515_A.1.jwk')
    for (const alg of ['none', 'HS256']) expect(outcomeOf(jws, key, alg).accepted).toBe(false)
  })
  it('refuses A.7, which is JSON and not compact (JOSE-3)', () => {
    const jws = vectorText('rfc-appendix/rfc7515_A.7.jwsf')
    const key = vectorJson<Jwk>('rfc-appendix/rfc7515_A.7.jwk')
    expect(outcomeOf(jws, key, 'ES256').accepted).toBe(false)
  })
  it('takes of the key set of RFC 7517 A.1 what signs tokens: the RSA key', () => {
    const set = createKeySet(vectorJson<{ keys: Jwk[] }>('rfc-appendix/rfc7517_A.1.jwkset'))
    expect(set.kids).toEqual(['2011-04-29'])
    expect(set.refused).toEqual([
      { kid: '1', reason: expect.stringContaining('not for signatures') },
    ])
  })
})

interface Recipe {
  readonly title: string
  readonly input: { readonly payload: string; readonly key: Jwk; readonly alg: string }
  readonly output: {
    readonly compact?: string
    readonly json?: unknown
    readonly json_flat?: unknown
  }
}

/** What RFC 8725 and our own rules refuse although the cookbook shows it. */
const notCompact = ['4_5.signature_with_detached_content.json', '4_7.protecting_content_only.json']

describe('JOSE cookbook (RFC 7520)', () => {
  const files = ['jws', 'curve25519', 'rfc7797'].flatMap((folder) =>
    vectorFiles(`jose-cookbook/${folder}`).map((file) => [folder, file] as const),
  )
  report('jose-cookbook', files.length)

  it.each(files)('%s/%s', (folder, file) => {
    const { input, output } = vectorJson<Recipe>(`jose-cookbook/${folder}/${file}`)
    const refused = folder === 'rfc7797' || notCompact.includes(file)
    if (output.compact !== undefined) {
      const outcome = outcomeOf(output.compact, input.key, input.alg)
      expect(outcome).toEqual(
        refused
          ? { accepted: false, reason: expect.any(String) }
          : { accepted: true, payload: input.payload },
      )
    }
    for (const json of [output.json, output.json_flat]) {
      expect(outcomeOf(JSON.stringify(json), input.key, input.alg).accepted).toBe(false)
    }
  })
})

describe('known weak secrets', () => {
  const secrets = vectorText('weak-secrets/jwt_secrets.txt')
    .split('\n')
    .filter((one) => one !== '')
  report('jwt_secrets.txt', secrets.length)

  it('sign nothing that verifies: an access token has no HMAC at all (J06, JOSE-7)', () => {
    const key = generateSigningKey('ES256')
    const jwks = publicJwks([key])
    const keys = createKeySet(jwks)
    const now = 1_800_000_000
    const claims = {
      iss: 'i',
      sub: 's',
      aud: ['i'],
      exp: now + 9,
      iat: now,
      jti: 'j',
      client_id: 'c',
    }
    const header = { alg: 'HS256', kid: key.kid, typ: 'at+jwt' }
    const input = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const publicForms = [JSON.stringify(jwks), JSON.stringify(key.publicJwk), '']
    let tried = 0
    for (const secret of [...secrets, ...publicForms]) {
      const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
      expect(checkAccessToken(token, { keys, issuer: 'i', audience: 'i', now }).ok).toBe(false)
      tried++
    }
    expect(tried).toBe(secrets.length + 3)
  })
  it('are refused as keys of the lowest door too: too short, or text (JOSE-14, J43)', () => {
    const input = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30`
    const accepted = secrets.filter((secret) => {
      const jws = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
      const key = { kty: 'oct', k: Buffer.from(secret).toString('base64url') }
      return outcomeOf(jws, key, 'HS256').accepted
    })
    expect(accepted).toEqual([])
  })
})
