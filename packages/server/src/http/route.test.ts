import { describe, expect, it } from 'vitest'
import type {
  GuardedEndpoint,
  GuardKeyEndpoint,
  JudgingEndpoint,
  OpenEndpoint,
} from './endpoint.ts'
import { route } from './route.ts'

const open = {} as OpenEndpoint
const guarded = {} as GuardedEndpoint
const judging = {} as JudgingEndpoint
const guardKey = {} as GuardKeyEndpoint

describe('a row of the route table', () => {
  it('does not compile without a limit, and with none that would not be enforced', () => {
    // @ts-expect-error a row without a limit
    route('GET /x', { who: 'any' }, open)
    // @ts-expect-error calls without a caller can't be counted by caller
    route('GET /x', { who: 'any', limit: 'read' }, open)
    // @ts-expect-error sign-ups are counted by a flow that this endpoint does not run
    route('GET /x', { who: 'session', limit: 'signUp', fresh: false }, guarded)
    // @ts-expect-error a reason must be written
    route('GET /x', { who: 'any', limit: {} }, open)
    const row = route('GET /x', { who: 'any', limit: { none: 'a reason' } }, open)
    expect(row).toMatchObject({ method: 'GET', path: '/x', limit: { none: 'a reason' } })
  })
  it('does not compile for a user without stating whether the call must be fresh (SES-6)', () => {
    const terms = { who: 'session', limit: 'read' } as const
    const depends = { when: 'for others' } as const
    // @ts-expect-error a row of a user without it
    route('GET /x', terms, guarded)
    // @ts-expect-error the endpoint does not decide which calls must be
    route('GET /x', { ...terms, fresh: depends }, guarded)
    // @ts-expect-error the endpoint decides, and the row says that it does not
    route('GET /x', { ...terms, fresh: true }, judging)
    // @ts-expect-error a guard proves no identity
    route('GET /x', { who: 'guard', limit: 'read', fresh: true }, guardKey)
    // @ts-expect-error a call without a caller has no proof that could be fresh
    route('GET /x', { who: 'any', limit: { none: 'a reason' }, fresh: true }, open)
    expect(route('GET /x', { ...terms, fresh: true }, guarded)).toMatchObject({ fresh: true })
    expect(route('GET /x', { ...terms, fresh: depends }, judging)).toMatchObject({ fresh: depends })
  })
})
