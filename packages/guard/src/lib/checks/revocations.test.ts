import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRevocations } from './revocations.ts'
import type { RevocationCode, RevocationEntry } from './revocations.ts'

const rank: readonly RevocationCode[] = ['token_expired', 'session_ended', 'account_locked']
const UNIT = 4000

/** Few ids, so that they often collide, and some that no service issues. */
const anId = fc.oneof(
  fc.integer({ min: 0, max: 400 }).map((at) => `ses_${at.toString(36)}`),
  fc.constantFrom('', 'a', 'ab', '__proto__', '\u{1f511}', 'x'.repeat(255)),
)
const anEntry: fc.Arbitrary<RevocationEntry> = fc.record({
  seq: fc.nat(),
  kind: fc.constantFrom('jti', 'sid', 'client_id', 'era', 'kid'),
  id: anId,
  code: fc.constantFrom(...rank),
  until: fc.integer({ min: 1, max: 50 }).map((units) => units * UNIT),
})
const aStep = fc.oneof(
  { weight: 9, arbitrary: anEntry },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 50 }).map((units) => units * UNIT) },
)

/** The same behaviour, written with a plain map. */
function createPlain() {
  const held = new Map<string, { code: RevocationCode; until: number }>()
  return {
    held,
    step: (step: RevocationEntry | number): void => {
      if (typeof step === 'number') {
        for (const [name, { until }] of held) {
          if (!name.startsWith('kid ') && until < step) held.delete(name)
        }
        return
      }
      const name = `${step.kind} ${step.id}`
      const known = held.get(name)
      const graver = known !== undefined && rank.indexOf(known.code) > rank.indexOf(step.code)
      held.set(name, {
        code: graver ? known.code : step.code,
        until: Math.max(step.until, known?.until ?? 0),
      })
    },
  }
}

describe('createRevocations', () => {
  it('holds the same entries as a plain map, in any order of additions and drops', () => {
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 1500, size: 'max' }), (steps) => {
        const copy = createRevocations()
        const plain = createPlain()
        const names = new Map<string, RevocationEntry>()
        for (const step of steps) {
          if (typeof step === 'number') copy.drop(step)
          else {
            copy.add(step)
            names.set(`${step.kind} ${step.id}`, step)
          }
          plain.step(step)
        }
        expect(copy.size).toBe(plain.held.size)
        for (const [name, { kind, id }] of names) {
          const none = { jti: '-', client_id: '-' }
          const found = kind === 'kid' ? copy.findKey(id) : copy.find({ ...none, [kind]: id })
          expect(found).toBe(plain.held.get(name)?.code)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('separates kinds: an ended session does not match a token with the same id', () => {
    const copy = createRevocations()
    copy.add({ seq: 1, kind: 'sid', id: 'same', code: 'session_ended', until: UNIT })
    expect(copy.find({ jti: 'same', client_id: 'same' })).toBeUndefined()
    expect(copy.find({ jti: '-', client_id: '-', sid: 'same' })).toBe('session_ended')
  })

  it('needs at most 40 bytes for each of many entries, and releases memory', () => {
    const copy = createRevocations()
    for (let at = 0; at < 200_000; at++) {
      copy.add({ seq: at, kind: 'jti', id: `id-${at}`, code: 'session_ended', until: UNIT })
    }
    expect(copy.size).toBe(200_000)
    const full = copy.bytes
    expect(full / copy.size).toBeLessThanOrEqual(40)
    for (let call = 0; call < 50; call++) copy.drop(UNIT + 1)
    expect(copy.size).toBe(0)
    expect(copy.bytes).toBeLessThan(full / 20)
  })

  it('is incomplete if it is full, and forgets nothing because of that', () => {
    const copy = createRevocations(10)
    const entry = (at: number): RevocationEntry => ({
      seq: at,
      kind: 'jti',
      id: `id-${at}`,
      code: 'token_expired',
      until: UNIT,
    })
    for (let at = 0; at < 10; at++) expect(copy.add(entry(at))).toBe(true)
    expect(copy.incomplete).toBe(false)
    expect(copy.add(entry(10))).toBe(false)
    expect(copy.incomplete).toBe(true)
    expect(copy.add({ ...entry(3), code: 'account_locked' })).toBe(true)
    expect(copy.find({ jti: 'id-3', client_id: 'web' })).toBe('account_locked')
    expect(copy.find({ jti: 'id-10', client_id: 'web' })).toBeUndefined()
  })

  it('finds a token by its era, and returns the gravest code of all entries that match it (H6)', () => {
    const copy = createRevocations()
    const entry = { seq: 1, id: 'same', until: UNIT } as const
    copy.add({ ...entry, kind: 'era', code: 'account_locked' })
    expect(copy.find({ jti: 'same', sid: 'same', client_id: 'same' })).toBeUndefined()
    expect(copy.find({ jti: '-', client_id: '-', era: 'same' })).toBe('account_locked')
    copy.add({ ...entry, kind: 'sid', code: 'session_ended' })
    copy.add({ ...entry, kind: 'jti', code: 'token_expired' })
    const claims = { jti: 'same', sid: 'same', client_id: 'web' }
    expect(copy.find(claims)).toBe('session_ended')
    expect(copy.find({ ...claims, era: 'same' })).toBe('account_locked')
    expect(copy.find({ ...claims, era: 'other' })).toBe('session_ended')
  })

  it('is complete again when the left-out entries are over (source 21c)', () => {
    const copy = createRevocations(1)
    const entry = (at: number): RevocationEntry => ({
      seq: at,
      kind: 'jti',
      id: `id-${at}`,
      code: 'token_expired',
      until: at * UNIT,
    })
    copy.add(entry(1))
    expect(copy.add(entry(2))).toBe(false)
    copy.drop(UNIT + 1)
    expect(copy).toMatchObject({ size: 0, incomplete: true })
    copy.drop(2 * UNIT + 1)
    expect(copy.incomplete).toBe(false)
  })

  it('is complete again after the whole log found room, and not before (source 21c)', () => {
    const copy = createRevocations(2)
    const entry = (at: number, until: number): RevocationEntry => ({
      seq: at,
      kind: 'sid',
      id: `id-${at}`,
      code: 'session_ended',
      until,
    })
    const log = [entry(1, UNIT), entry(2, UNIT), entry(3, 9 * UNIT)]
    for (const one of log) copy.add(one)
    expect(copy).toMatchObject({ incomplete: true, hasRoom: false })
    copy.begin()
    for (const one of log) copy.add(one)
    expect(copy.complete()).toBe(false)
    copy.drop(UNIT + 1)
    expect(copy).toMatchObject({ incomplete: true, hasRoom: true })
    copy.begin()
    copy.add(entry(3, 9 * UNIT))
    expect(copy.complete()).toBe(true)
    expect(copy.incomplete).toBe(false)
    expect(copy.find({ jti: '-', client_id: '-', sid: 'id-3' })).toBe('session_ended')
  })

  it('does not become complete by time if the entry of a key was left out', () => {
    const copy = createRevocations()
    const key = (at: number): RevocationEntry => ({
      seq: at,
      kind: 'kid',
      id: `k-${at}`,
      code: 'token_expired',
      until: UNIT,
    })
    for (let at = 0; at <= 100_000; at++) copy.add(key(at))
    copy.drop(100 * UNIT)
    expect(copy.incomplete).toBe(true)
  })

  it('keeps a horizon at the last dropped entry, which never goes back (source 2)', () => {
    const copy = createRevocations()
    copy.drop(9e12)
    expect(copy.horizon).toBeLessThan(0)
    const entry = { kind: 'jti', code: 'session_ended' } as const
    copy.add({ ...entry, seq: 1, id: 'a', until: 1_000_000 })
    copy.add({ ...entry, seq: 2, id: 'b', until: 2_000_000 })
    copy.drop(1_500_000)
    expect(copy.horizon).toBe(940)
    copy.drop(500_000)
    expect([copy.horizon, copy.size]).toEqual([940, 1])
  })

  it('calls listeners for every entry until they stop', () => {
    const copy = createRevocations()
    const received: string[] = []
    const stop = copy.listen(({ id }) => received.push(id))
    const entry = { seq: 1, kind: 'sid', id: 'a', code: 'session_ended', until: UNIT } as const
    copy.add(entry)
    copy.add(entry)
    stop()
    copy.add({ ...entry, id: 'b' })
    expect(received).toEqual(['a', 'a'])
  })
})
