import { createKeySet } from '@keyhaven/core'
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
