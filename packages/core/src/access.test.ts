import { describe, expect, it } from 'vitest'
import { allows, defineAccess, knownRole, may, scopesOf } from './access.ts'

interface Note {
  readonly owner: string
}

const access = defineAccess({
  scopes: ['notes:read', 'notes:write', 'notes:admin', 'reports:finance:read'],
  roles: { member: ['notes:read'], editor: ['notes:*'], auditor: ['reports:*'], all: ['*'] },
  defaultRoles: ['member'],
  rules: { 'notes:write': (who, note: Note) => note.owner === who.id },
})

describe('allows', () => {
  it.each([
    [['notes:read'], 'notes:read', true],
    [['notes:read'], 'notes:write', false],
    [['notes:*'], 'notes:write', true],
    [['notes:*'], 'notes:a:b', true],
    [['notes:*'], 'notes', false],
    [['notes:*'], 'notes:', false],
    [['notes:*'], 'notesx:read', false],
    [['*'], 'notes:read', true],
    [['*'], 'keyhaven:audit:read', false],
    [['keyhaven:*'], 'keyhaven:audit:read', true],
    [['keyhaven:accounts:*'], 'keyhaven:audit:read', false],
    [['notes:*'], 'notes:*', false],
    [[], 'notes:read', false],
    [['notes:read'], '', false],
    [['*'], '', false],
    [[''], '', false],
  ])('says of %j asked for %s: %s', (granted, required, answer) => {
    expect(allows(granted, required)).toBe(answer)
  })
})

describe('scopesOf', () => {
  it('gives declared scopes in full, without wildcards', () => {
    expect(scopesOf(access, ['editor', 'auditor'])).toEqual([
      'notes:read',
      'notes:write',
      'notes:admin',
      'reports:finance:read',
    ])
  })
  it('keeps Keyhaven’s own scopes out of the application’s `*`', () => {
    expect(scopesOf(access, ['all']).some((scope) => scope.startsWith('keyhaven:'))).toBe(false)
  })
  it('gives the built-in administrator everything', () => {
    const scopes = scopesOf(access, ['admin'])
    expect(scopes).toContain('notes:admin')
    expect(scopes).toContain('keyhaven:accounts:lock')
  })
  it('gives the built-in support role what it needs, and an application more of the same name', () => {
    expect(scopesOf(access, ['support'])).toEqual([
      'keyhaven:accounts:read',
      'keyhaven:accounts:lock',
      'keyhaven:sessions:read',
      'keyhaven:sessions:end',
      'keyhaven:audit:read',
    ])
    const own = defineAccess({
      scopes: ['a:b'],
      roles: { support: ['a:b', 'keyhaven:keys:rotate'], none: ['*'] },
    })
    expect(scopesOf(own, ['support'])).toContain('a:b')
    expect(scopesOf(own, ['support'])).toContain('keyhaven:audit:read')
    expect(scopesOf(own, ['support'])).toContain('keyhaven:keys:rotate')
    expect(scopesOf(own, ['nobody', 'none'])).toEqual(['a:b'])
  })
  it('knows declared and built-in roles, and no others', () => {
    expect(
      ['admin', 'support', 'member', 'nobody', 'toString'].map((role) => knownRole(access, role)),
    ).toEqual([true, true, true, false, false])
  })
  it('gives an unknown role nothing, names of object members included', () => {
    expect(scopesOf(access, ['nobody', 'constructor', '__proto__'])).toEqual([])
  })
})

describe('may', () => {
  const who = { id: 'acc_1', scope: ['notes:read', 'notes:write'], claims: {} }

  it('goes by the grant where the scope has no rule', () => {
    expect(may(access, who, 'notes:read')).toBe(true)
    expect(may(access, who, 'notes:admin')).toBe(false)
  })
  it('asks the rule about the resource', () => {
    expect(may(access, who, 'notes:write', { owner: 'acc_1' })).toBe(true)
    expect(may(access, who, 'notes:write', { owner: 'acc_2' })).toBe(false)
  })
  it('is false where a scope with a rule is asked without its resource', () => {
    // @ts-expect-error a rule needs its resource
    expect(may(access, who, 'notes:write')).toBe(false)
  })
  it('is false where the rule passes but the scope is not held', () => {
    const reader = { ...who, scope: ['notes:read'] }
    expect(may(access, reader, 'notes:write', { owner: 'acc_1' })).toBe(false)
  })
  it('is false where the resource is not there', () => {
    for (const missing of [null, undefined]) {
      const lax = defineAccess({
        scopes: ['a:b'],
        roles: {},
        rules: { 'a:b': (_who, _note: Note | null | undefined) => true },
      })
      expect(may(lax, { ...who, scope: ['a:b'] }, 'a:b', missing)).toBe(false)
    }
  })
  it('is false where the rule throws', () => {
    const broken = defineAccess({
      scopes: ['a:b'],
      roles: {},
      rules: {
        'a:b': (_who, _note: Note) => {
          throw new Error('broken rule')
        },
      },
    })
    expect(may(broken, { ...who, scope: ['a:b'] }, 'a:b', { owner: 'x' })).toBe(false)
  })
})

describe('defineAccess', () => {
  it('does not compile with misspelt names, and throws a sentence that names them', () => {
    // @ts-expect-error the role grants an unknown scope
    expect(() => defineAccess({ scopes: ['a:b'], roles: { x: ['a:c'] } })).toThrow(
      "role 'x' grants 'a:c', which covers no declared scope",
    )
    const ruled = () =>
      // @ts-expect-error the rule is for an unknown scope
      defineAccess({ scopes: ['a:b'], roles: { x: ['a:*'] }, rules: { 'a:c': () => true } })
    expect(ruled).toThrow("rules names 'a:c', which is not in scopes")
    const defaulted = () =>
      // @ts-expect-error the default role is unknown
      defineAccess({ scopes: ['a:b'], roles: { x: ['a:*'] }, defaultRoles: ['y'] })
    expect(defaulted).toThrow("defaultRoles names 'y', which is not in roles")
  })
  it('takes scopes of one part and of many, and every form of a grant', () => {
    const module = defineAccess({
      scopes: ['ping', 'a:b:c', 'a:d', 'long:name'],
      roles: { x: ['ping', 'a:*', 'a:b:*', '*', 'keyhaven:audit:read'] },
      defaultRoles: ['x'],
    })
    expect(scopesOf(module, module.defaultRoles)).toEqual([
      'ping',
      'a:b:c',
      'a:d',
      'long:name',
      'keyhaven:audit:read',
    ])
    expect(() => defineAccess({ scopes: ['a:'], roles: {} })).toThrow('is not a scope')
    expect(() => defineAccess({ scopes: ['a:b:'], roles: {} })).toThrow('is not a scope')
    expect(defineAccess({ scopes: [], roles: { x: ['*'] } }).roles.x).toEqual(['*'])
  })
  it('refuses scopes that are no scopes or are reserved', () => {
    expect(() => defineAccess({ scopes: ['a b'], roles: {} })).toThrow("'a b' is not a scope")
    expect(() => defineAccess({ scopes: ['a:*'], roles: {} })).toThrow("'a:*' is not a scope")
    expect(() => defineAccess({ scopes: ['keyhaven:x'], roles: {} })).toThrow('is reserved')
  })
  it('does not let `may` take a misspelt scope or another resource', () => {
    const who = { id: 'a', scope: [], claims: {} }
    // @ts-expect-error a misspelt scope does not compile
    expect(may(access, who, 'notes:raed')).toBe(false)
    // @ts-expect-error the rule takes another resource
    expect(may(access, who, 'notes:write', { name: 'a' })).toBe(false)
  })
})
