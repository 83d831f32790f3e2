import { describe, expect, it } from 'vitest'
import { catalogue, KeyhavenError, problemOf } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'

const codes = Object.keys(catalogue) as ErrorCode[]

describe('catalogue', () => {
  it.each(codes)('says of %s first what happened, then what to do', (code) => {
    const { status, title, detail, hint } = catalogue[code]
    expect([400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 503]).toContain(status)
    expect(title.length).toBeGreaterThan(5)
    // A sentence for what happened, and one for what to do (operator 15)
    expect(detail).toMatch(/^[^.]{10,}\. [A-Z][^.]{5,}\.$/)
    expect(hint).toMatch(/\.$/)
  })
})

describe('problemOf', () => {
  it('gives the same body for every reason of a code, and the reason only in development', () => {
    const details = { reason: 'signature' }
    expect(problemOf('token_invalid', details)).toEqual(
      problemOf('token_invalid', { reason: 'aud' }),
    )
    expect(problemOf('token_invalid', details, true)['reason']).toBe('signature')
  })
  it('says to a person what is wrong with the members, unless that is too long (operator 15)', () => {
    const errors = [
      { path: 'email', message: 'Write an e-mail address.' },
      { path: 'password', message: 'Write a password.' },
    ]
    const { detail } = problemOf('invalid_request', { errors })
    expect(detail).toBe('Write an e-mail address. Write a password.')
    expect(new KeyhavenError('invalid_request', { errors }).message).toBe(detail)
    const long = [{ path: '', message: `Unknown: ${'x'.repeat(1000)}` }]
    expect(problemOf('invalid_request', { errors: long }).detail).toBe(
      catalogue.invalid_request.detail,
    )
  })
  it('carries what the code promises', () => {
    expect(problemOf('insufficient_scope', { scope: 'notes:write' })).toMatchObject({
      status: 403,
      code: 'insufficient_scope',
      scope: 'notes:write',
    })
  })
})

describe('KeyhavenError', () => {
  it('has code, status and a sentence, and never its details in the message', () => {
    const error = new KeyhavenError('token_expired', { reason: 'exp' })
    expect(error).toMatchObject({ name: 'KeyhavenError', code: 'token_expired', status: 401 })
    expect(error.message).not.toContain('exp,')
    expect(error.details.reason).toBe('exp')
  })
})
