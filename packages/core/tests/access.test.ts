import { describe, expect, it } from 'vitest'
import { allows, defineAccess, knownRole, may, scopesOf } from '@keyhaven/core/access'

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
  ])('answers for granted %j and required %s: %s', (granted, required, answer) => {
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
  const support = [
    'keyhaven:accounts:read',
    'keyhaven:accounts:lock',
    'keyhaven:sessions:read',
    'keyhaven:sessions:end',
    'keyhaven:audit:read',
    'keyhaven:guards:read',
  ]
  it('gives the built-in support role what it needs, the list of guards too', () => {
    expect(scopesOf(access, ['support'])).toEqual(support)
  })
  it('adds to a built-in role only what `extends` adds on purpose (attacks 4)', () => {
    const own = defineAccess({
      scopes: ['a:b', 'a:c'],
      roles: {
        support: { extends: 'support', scopes: ['a:b'] },
        helpdesk: { extends: 'support', scopes: ['a:*', 'keyhaven:tokens:read'] },
        none: ['*'],
      },
    })
    expect(scopesOf(own, ['support'])).toEqual(['a:b', ...support])
    expect(new Set(scopesOf(own, ['helpdesk']))).toEqual(
      new Set(['a:b', 'a:c', 'keyhaven:tokens:read', ...support]),
    )
    expect(scopesOf(own, ['nobody', 'none'])).toEqual(['a:b', 'a:c'])
    // A module of another make is not trusted to have been checked
    const unchecked = { ...own, roles: { support: ['a:b'] } }
    expect(scopesOf(unchecked, ['support'])).toEqual(support)
  })
  it('holds the scopes of clients and webhooks among the reserved ones (H59)', () => {
    expect(scopesOf(access, ['admin'])).toEqual(
      expect.arrayContaining(['keyhaven:clients:write', 'keyhaven:webhooks:write']),
    )
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

  it('goes by the grant if the scope has no rule', () => {
    expect(may(access, who, 'notes:read')).toBe(true)
    expect(may(access, who, 'notes:admin')).toBe(false)
  })
  it('passes the resource to the rule', () => {
    expect(may(access, who, 'notes:write', { owner: 'acc_1' })).toBe(true)
    expect(may(access, who, 'notes:write', { owner: 'acc_2' })).toBe(false)
  })
  it('is false if a scope with a rule is checked without its resource', () => {
    // @ts-expect-error a rule needs its resource
    expect(may(access, who, 'notes:write')).toBe(false)
  })
  it('is false if the rule passes but the scope is not held', () => {
    const reader = { ...who, scope: ['notes:read'] }
    expect(may(access, reader, 'notes:write', { owner: 'acc_1' })).toBe(false)
  })
  it('is false if the resource is missing', () => {
    for (const missing of [null, undefined]) {
      const lax = defineAccess({
        scopes: ['a:b'],
        roles: {},
        rules: { 'a:b': (_who, _note: Note | null | undefined) => true },
      })
      expect(may(lax, { ...who, scope: ['a:b'] }, 'a:b', missing)).toBe(false)
    }
  })
  it('is false if the rule throws', () => {
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
  it.each(['admin', 'support'] as const)(
    'refuses a declared role %s: its holders would be Keyhaven’s own (attacks 4)',
    (name) => {
      const declared = () => defineAccess({ scopes: ['a:b'], roles: { [name]: ['a:b'] } as never })
      expect(declared).toThrow(`the role '${name}' is built in and can’t be declared`)
      const other = name === 'admin' ? 'support' : 'admin'
      const roles = { [name]: { extends: other, scopes: ['a:b'] } } as never
      expect(() => defineAccess({ scopes: ['a:b'], roles })).toThrow('is built in')
      const named = { [name]: { extends: name, scopes: ['a:b'] } } as never
      expect(() =>
        defineAccess({ scopes: ['a:b'], roles: named, defaultRoles: [name] as never }),
      ).toThrow('assign it by hand')
    },
  )
  it('does not compile with a built-in role, or with one that extends another', () => {
    // @ts-expect-error `admin` is built in
    expect(() => defineAccess({ scopes: ['a:b'], roles: { admin: ['a:b'] } })).toThrow(TypeError)
    const wrongBase = () =>
      // @ts-expect-error there is no such role to extend
      defineAccess({ scopes: ['a:b'], roles: { x: { extends: 'member', scopes: ['a:b'] } } })
    expect(wrongBase).toThrow("can extend 'admin' or 'support' only")
    const wrongScope = () =>
      // @ts-expect-error the scope is not declared
      defineAccess({ scopes: ['a:b'], roles: { x: { extends: 'support', scopes: ['a:c'] } } })
    expect(wrongScope).toThrow("the nearest is 'a:b'")
  })
  it('takes names of object members as what they are, and refuses the one that can’t be (attacks 4)', () => {
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty']
    const odd = defineAccess({
      scopes: names,
      roles: Object.fromEntries(names.map((name) => [name, [name]])),
      rules: {},
    })
    for (const name of names) expect(scopesOf(odd, [name])).toEqual([name])
    expect(scopesOf(odd, ['__proto__', 'isPrototypeOf'])).toEqual([])
    const holder = { id: 'a', scope: names, claims: {} }
    expect(may(odd, holder, 'toString')).toBe(true)
    expect(may(odd, holder, 'isPrototypeOf')).toBe(false)
    expect(() => defineAccess({ scopes: ['__proto__'], roles: {} })).toThrow('is reserved')
    const own = Object.fromEntries([['__proto__', ['a:b']]]) as Record<string, ['a:b']>
    expect(() => defineAccess({ scopes: ['a:b'], roles: own })).toThrow('can’t be the name')
    const literal = { scopes: ['a:b'], roles: { ['x']: ['a:b'], __proto__: { y: ['a:b'] } } }
    expect(() => defineAccess(literal as never)).toThrow('must be a plain object')
  })
  it.each<[string, object, string]>([
    [
      'a misspelt member',
      { scopes: [], roles: {}, defaultRole: [] },
      "did you mean 'defaultRoles'?",
    ],
    ['no scopes', { roles: {} }, 'scopes must be a list'],
    ['scopes that are no texts', { scopes: [1], roles: {} }, 'scopes must be a list'],
    ['roles as a list', { scopes: [], roles: [] }, 'roles must be an object'],
    ['a role as a text', { scopes: ['a'], roles: { x: 'a' } }, "role 'x' must be a list"],
    [
      'a misspelt reserved scope',
      { scopes: [], roles: { x: ['keyhaven:audit:raed'] } },
      'audit:read',
    ],
    ['a misspelt extends', { scopes: [], roles: { x: { extend: 'support' } } }, 'must be a list'],
    ['extends without scopes', { scopes: [], roles: { x: { extends: 'support' } } }, 'scopes: […]'],
    ['a rule that is none', { scopes: ['a'], roles: {}, rules: { a: true } }, 'must be a function'],
    ['defaultRoles as a text', { scopes: [], roles: {}, defaultRoles: 'x' }, 'must be a list'],
  ])('refuses %s with a TypeError of one sentence', (_what, module, sentence) => {
    const define = () => defineAccess(module as never)
    expect(define).toThrow(TypeError)
    expect(define).toThrow(sentence)
  })
  it('does not let `may` take a misspelt scope or another resource', () => {
    const who = { id: 'a', scope: [], claims: {} }
    // @ts-expect-error a misspelt scope does not compile
    expect(may(access, who, 'notes:raed')).toBe(false)
    // @ts-expect-error the rule takes another resource
    expect(may(access, who, 'notes:write', { name: 'a' })).toBe(false)
  })
})
