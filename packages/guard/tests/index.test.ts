import { describe, expect, it } from 'vitest'
import { createGate, createGuard } from '@keyhaven/guard'
import { cookieNames, createRevocations, readCookie } from '@keyhaven/guard/kit'
import type { RevocationEntry } from '@keyhaven/core/wire'

describe('readCookie', () => {
  it('reads exact names, trims space and tab only, and takes at most four values (CK-5)', () => {
    expect(readCookie('a=1; keyhaven=x;\tkeyhaven = y ; Keyhaven=z', 'keyhaven')).toEqual([
      'x',
      'y',
    ])
    expect(
      readCookie('keyhaven=1;keyhaven=2;keyhaven=3;keyhaven=4;keyhaven=5', 'keyhaven'),
    ).toHaveLength(4)
    expect(readCookie('\u00a0keyhaven=x', 'keyhaven')).toEqual([])
    expect(readCookie(undefined, 'keyhaven')).toEqual([])
  })
  it('is not misled by quotes around other cookies (K22)', () => {
    expect(readCookie('a="x; keyhaven=token; b=y"', 'keyhaven')).toEqual(['token'])
  })
})

describe('cookieNames', () => {
  it('has the prefix over https alone', () => {
    expect(cookieNames(new URL('https://app.example/auth'))).toEqual({
      access: '__Host-Http-keyhaven',
      session: '__Host-Http-keyhaven-session',
    })
    expect(cookieNames(new URL('http://localhost:4000/auth')).access).toBe('keyhaven')
  })
})

describe('createRevocations', () => {
  const claims = { jti: 'j', sid: 's', client_id: 'web' }
  const entry = (change: Partial<RevocationEntry>): RevocationEntry => ({
    seq: 1,
    kind: 'sid',
    id: 's',
    code: 'session_ended',
    until: 1000,
    ...change,
  })
  it('takes entries in any order and any number of times; the graver code stays', () => {
    const copy = createRevocations()
    expect(copy.find(claims)).toBeUndefined()
    copy.add(entry({ seq: 3, code: 'account_locked' }))
    copy.add(entry({ seq: 2 }))
    copy.add(entry({ seq: 2 }))
    expect(copy).toMatchObject({ seq: 3, size: 1 })
    expect(copy.find(claims)).toBe('account_locked')
  })
  it('drops what can hit nothing any more, and keeps keys for ever', () => {
    const copy = createRevocations()
    copy.add(entry({}))
    copy.add(entry({ kind: 'kid', id: 'k', code: 'token_expired' }))
    copy.drop(4001)
    expect(copy.find(claims)).toBeUndefined()
    expect(copy.findKey('k')).toBe('token_expired')
  })
})

describe('createGuard', () => {
  it.each([
    ['https://app.example/auth', 'write revocations: "off"'],
    ['http://app.example/auth', 'must be https'],
    ['https://app.example/auth/', 'without a slash'],
    ['nonsense', 'without a slash'],
  ])('refuses %s with a sentence', (issuer, sentence) => {
    expect(() => createGuard({ issuer })).toThrow(sentence)
  })
})

describe('a guard whose issuer is at a port that fetch blocks', () => {
  it('says so (trials 12d)', async () => {
    const guard = createGuard({ issuer: 'http://localhost:6000/auth', log: () => {} })
    await guard.settle({ method: 'GET', url: '/', header: () => undefined })
    expect(guard.state().problem).toBe(
      'browsers and fetch block this port: move the service to another one',
    )
    guard.close()
  })
})

describe('the options of createGuard', () => {
  const issuer = 'http://localhost:1/auth'
  const feedKey = `khg_${'a'.repeat(43)}`

  it.each<[string, unknown, string]>([
    ['no options', undefined, 'options must be an object'],
    ['null', null, 'options must be an object'],
    ['the issuer alone', issuer, 'options must be an object'],
    ['no issuer', {}, 'issuer must be the service'],
    ['an issuer that is no text', { issuer: new URL(issuer) }, 'issuer must be the service'],
    ['no scheme', { issuer: 'localhost:4000/auth' }, 'write http://localhost:4000/auth'],
    ['no scheme', { issuer: 'app.example/auth' }, 'write https://app.example/auth'],
    ['another scheme', { issuer: 'ftp://localhost/auth' }, 'must be a URL'],
    ['a query', { issuer: `${issuer}?x=1` }, 'no query'],
    ['an empty fragment', { issuer: `${issuer}#` }, 'no query and no fragment'],
    [
      'an issuer that is spelt otherwise',
      { issuer: ' http://LOCALHOST:1/auth' },
      `write ${issuer}`,
    ],
    [
      'a default port',
      { issuer: 'https://app.example:443/auth' },
      'write https://app.example/auth',
    ],
    ['a misspelt feedKey', { issuer, feedkey: feedKey }, "did you mean 'feedKey'?"],
    ['a misspelt maxStaleness', { issuer, maxStalenes: 5 }, "did you mean 'maxStaleness'?"],
    ['an option of another function', { issuer, public: [] }, "'public' is no option"],
    ['half a feedKey', { issuer, feedKey: 'khg_abc' }, 'feedKey must be the whole key'],
    ['an empty feedKey', { issuer, feedKey: '' }, 'feedKey must be the whole key'],
    ['onStale Allow', { issuer, onStale: 'Allow' }, 'onStale must be "refuse" or "allow"'],
    ['onStale true', { issuer, feedKey, onStale: true }, 'onStale must be'],
    ['an empty audience', { issuer, audience: ' ' }, 'audience must be a text'],
    ['a list as audience', { issuer, audience: [issuer] }, 'audience must be a text'],
    ['two audiences in one text', { issuer, audience: 'https://a.x https://b.x' }, 'no blanks'],
    ['reach without a scheme', { issuer, reach: 'auth.internal:4000' }, 'reach'],
    ['reach as a number', { issuer, reach: 4000 }, 'reach must be the URL'],
    ['log as a text', { issuer, log: 'stderr' }, 'log must be a function'],
    ['log null', { issuer, log: null }, 'log must be a function'],
    ['exposeHeaders as a text', { issuer, exposeHeaders: 'ETag' }, 'exposeHeaders must be a list'],
    ['exposeHeaders of all', { issuer, exposeHeaders: ['*'] }, 'exposeHeaders must be a list'],
    ['a line break', { issuer, exposeHeaders: ['a\r\nb'] }, 'exposeHeaders must be a list'],
    ['an access module that is none', { issuer, access: { scopes: ['a'] } }, 'roles must be'],
    [
      'an access module that was not checked',
      { issuer, access: { scopes: ['a'], roles: { admin: ['a'] } } },
      'is built in',
    ],
  ])(
    'refuse %s with a TypeError of one sentence (attacks 3, operator 27)',
    (_what, options, sentence) => {
      const create = () => createGuard(options as never)
      expect(create).toThrow(TypeError)
      expect(create).toThrow(sentence)
      const { message } = thrown(create) as Error
      expect(message.trim()).not.toContain('\n')
    },
  )

  it.each([0, -1, 2, Number.NaN, Infinity, -Infinity, 1e300, '60s', '60', null, [60], true])(
    'refuse maxStaleness %s, with and without a feed key (attacks 3)',
    (maxStaleness) => {
      for (const more of [{}, { feedKey }]) {
        const create = () => createGuard({ issuer, ...more, maxStaleness } as never)
        expect(create).toThrow(TypeError)
        expect(create).toThrow('maxStaleness must be a number of seconds')
      }
    },
  )

  it.each(['Off', 'on', 'OFF', '', false, true, null, 0])(
    'refuse revocations %s (attacks 3)',
    (revocations) => {
      for (const url of [issuer, 'https://app.example/auth']) {
        const create = () => createGuard({ issuer: url, revocations } as never)
        expect(create).toThrow(TypeError)
        expect(create).toThrow('revocations must be "off"')
      }
    },
  )

  it('name no password of a URL', () => {
    const { message } = thrown(() =>
      createGuard({ issuer: 'https://ada:s3cret@app.example/auth', revocations: 'off' }),
    ) as Error
    expect(message).toContain('no user and no password')
    expect(message).not.toContain('s3cret')
  })

  it('may be left out as undefined', () => {
    const left = { feedKey: undefined, access: undefined, onStale: undefined, reach: undefined }
    createGuard({ issuer, log: () => {}, ...left } as never).close()
  })
})

function thrown(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

const guard = createGuard({ issuer: 'http://localhost:1/auth', log: () => {} })

describe('createGate', () => {
  it.each([
    'api',
    '',
    ' /api',
    '/api ',
    '/api//',
    '//api',
    '/api//x',
    '/api/*',
    '/api*',
    '*',
    '/*',
    '/:x',
    '/api/:id',
    '/{*rest}',
    '/api/(.*)',
    '/api?x',
    '/api#x',
    '/%61pi',
    '/api%2Fx',
    '/api/../x',
    '/api/.',
    '/..',
    '\\api',
    'https://app.example/api',
    'GET /api',
    '/\u00e4pi',
    '/api\t',
    /\/api/,
    ['/api'],
    null,
    0,
    false,
    {},
  ])('refuses the prefix %j: it would guard nothing (attacks 3)', (prefix) => {
    const create = () => createGate(guard, { guard: prefix as never })
    expect(create).toThrow(TypeError)
    expect(create).toThrow('must be a plain path')
  })

  it('takes a plain path as prefix, with one slash at its end or none', () => {
    for (const prefix of ['/', '/api', '/api/', '/api/v1.2/a_b~c-d', undefined]) {
      createGate(guard, prefix === undefined ? {} : { guard: prefix })
    }
  })

  it.each<[string, unknown, unknown, string]>([
    ['a misspelt option', undefined, { publik: [] }, "did you mean 'public'?"],
    ['options that are none', undefined, '/api', 'options must be an object'],
    ['null', undefined, null, 'options must be an object'],
    ['public as a text', undefined, { public: 'GET /health' }, 'must be a list'],
    ['public with other things', undefined, { public: [/x/] }, 'must be a list'],
    ['no guard', null, {}, 'must be a guard'],
    ['options in place of a guard', { issuer: 'x' }, {}, 'must be a guard'],
  ])(
    'refuses %s with a TypeError of one sentence (attacks 3)',
    (_what, first, options, sentence) => {
      const create = () =>
        createGate((first === undefined ? guard : first) as never, options as never)
      expect(create).toThrow(TypeError)
      expect(create).toThrow(sentence)
    },
  )

  it.each([
    ['GET /*', 'opens every route'],
    ['GET /:x/*', 'opens every route'],
    ['/health', 'must be a method and a path'],
    ['get /health', 'must be a method and a path'],
    ['GET /a(b)?', 'can’t be matched safely'],
  ])('refuses the public pattern %s with a sentence', (pattern, sentence) => {
    expect(() => createGate(guard, { public: [pattern] })).toThrow(sentence)
  })
})
