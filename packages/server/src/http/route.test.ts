import { describe, expect, it } from 'vitest'
import type { GuardedEndpoint, OpenEndpoint } from './endpoint.ts'
import { route } from './route.ts'

const open = {} as OpenEndpoint
const guarded = {} as GuardedEndpoint

describe('a row of the route table', () => {
  it('does not compile without a limit, and with none that would not be enforced', () => {
    // @ts-expect-error a row without a limit
    route('GET /x', { who: 'any' }, open)
    // @ts-expect-error calls without a caller can't be counted by caller
    route('GET /x', { who: 'any', limit: 'read' }, open)
    // @ts-expect-error sign-ups are counted by a flow that this endpoint does not run
    route('GET /x', { who: 'session', limit: 'signUp' }, guarded)
    // @ts-expect-error a reason must be written
    route('GET /x', { who: 'any', limit: {} }, open)
    const row = route('GET /x', { who: 'any', limit: { none: 'a reason' } }, open)
    expect(row).toMatchObject({ method: 'GET', path: '/x', limit: { none: 'a reason' } })
  })
})
