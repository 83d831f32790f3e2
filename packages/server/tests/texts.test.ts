import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPerson, password, person, send } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

const folder = newFolder()
let service: Service
let admin: Person
let member: Person
beforeAll(async () => {
  service = await serve(folder, { environment: { NODE_ENV: 'test' } })
  admin = await newPerson(service, 'admin')
  member = await newPerson(service)
})
afterAll(async () => {
  await service.close()
  rmSync(folder, { recursive: true })
})

interface Refused {
  readonly code: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/** Status and code of a refusal, and the members that it names with their sentences. */
async function refusalOf(answer: Response): Promise<readonly string[]> {
  const { code, errors = [] } = (await answer.json()) as Refused
  return [`${answer.status} ${code}`, ...errors.map(({ path, message }) => `${path}: ${message}`)]
}

/** Signs that end or hide a line, or turn the direction of what follows. */
const CONTROLS = ['\0', '\u001B[31m', '\n', '\t', '\u007F', '\u009B', '\u2028', '\u2029']
const DIRECTIONS = ['\u202A', '\u202E', '\u2066', '\u2069']
const UNPRINTABLE = [...CONTROLS, ...DIRECTIONS, '\uD800']

describe('a text of one line', () => {
  const sentence = (what: string): string =>
    `The ${what} contains a control character, a line break or a change of direction: remove it.`

  it.each(UNPRINTABLE)('contains no %j, in any call that stores it (attacks 14)', async (sign) => {
    const text = `a${sign}b`
    const refused = (path: string, what: string): readonly string[] => [
      '400 invalid_request',
      `${path}: ${sentence(what)}`,
    ]
    const profile = `PATCH /accounts/${member.id}`
    expect(await refusalOf(await member.ask(profile, { name: text }))).toEqual(
      refused('name', 'name'),
    )
    const newcomer = { email: 'mallory@example.com', password, name: text }
    expect(await refusalOf(await send(service, 'POST /accounts', { body: newcomer }))).toEqual(
      refused('name', 'name'),
    )
    const device = { login: member.email, password, device: text }
    expect(await refusalOf(await send(service, 'POST /sessions', { body: device }))).toEqual(
      refused('device', 'name of the device'),
    )
    const lock = { status: 'locked', reason: text }
    expect(await refusalOf(await admin.ask(profile, lock))).toEqual(refused('reason', 'reason'))
    const { accounts } = service.keyhaven
    const stored = [
      accounts.create({ email: 'mallory@example.com', password, name: text }),
      accounts.lock(member.id, text),
      accounts.endSomeSessions(member.id, text),
    ]
    for (const one of await Promise.allSettled(stored)) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'invalid_request' } })
    }
    if (sign === '\uD800') return
    const ending = `DELETE /accounts/${member.id}/sessions?reason=${encodeURIComponent(text)}`
    expect((await refusalOf(await admin.ask(ending))).at(0)).toBe('400 invalid_request')
  })
  it('is any other text: of any script, with marks that join letters', async () => {
    const names = [
      'Zoë Müller',
      '李小龙',
      'محمد',
      'नेहा',
      'می\u200Cخواهم',
      '👩\u200D🚀',
      'O’Neil\u00A0Jr.',
    ]
    for (const name of names) {
      const answer = await member.ask(`PATCH /accounts/${member.id}`, { name })
      expect(await answer.json()).toMatchObject({ name })
    }
  })
  it('is no profile: values of an application may have several lines (attacks 14)', async () => {
    const profile = { bio: 'one\ntwo\0', 'a\0b': ['\u202E'] }
    const answer = await member.ask(`PATCH /accounts/${member.id}`, { profile })
    expect(await answer.json()).toMatchObject({ profile })
  })
  it('is no password, which may contain any sign (attacks 14)', async () => {
    const secret = 'correct\0 horse\u202E battery\n'
    const { email } = await person(service, { password: secret }).signUp()
    const again = await send(service, 'POST /sessions', {
      body: { login: email, password: secret },
    })
    expect(again.status).toBe(201)
  })
})

describe('an id in a path', () => {
  it.each(['%00', '%1B', '%0A', '%7F', '%C2%9B', 'a%00b'])(
    'that contains %s belongs to nothing, on each engine (attacks 14)',
    async (sign) => {
      for (const call of [
        `DELETE /sessions/ses_${sign}`,
        `GET /accounts/acc_${sign}`,
        `PATCH /accounts/acc_${sign}`,
        `GET /accounts/${sign}/sessions`,
        `DELETE /accounts/${sign}/sessions`,
        `PUT /accounts/${member.id}/roles/${sign}`,
        `DELETE /accounts/${member.id}/roles/${sign}`,
        `DELETE /tokens/${sign}`,
        `PUT /accounts/${sign}/password`,
      ]) {
        expect(await refusalOf(await admin.ask(call)), call).toEqual(['404 not_found'])
      }
    },
  )
})

describe('a cursor', () => {
  it.each([
    [[1, '\0']],
    [[1, 'a\u001Bb']],
    [[1, '\uD800']],
    [[1e308, 'x']],
    [[-1.5, 'x']],
    [[-1, 'x']],
    [[0.5, 'x']],
    [[2 ** 53, 'x']],
    [[1, 'x', 'y']],
    [[1, 2]],
    [['1', 'x']],
    [{}],
    [null],
  ])('of %j is refused by every list, on each engine (attacks 14)', async (position) => {
    const cursor = Buffer.from(JSON.stringify(position)).toString('base64url')
    for (const list of [
      'sessions',
      'accounts',
      'audit',
      'tokens',
      'guards',
      `accounts/${member.id}/sessions`,
    ]) {
      expect(await refusalOf(await admin.ask(`GET /${list}?cursor=${cursor}`)), list).toEqual([
        '400 invalid_request',
        'cursor: Send the `next` of the previous page, unchanged.',
      ])
    }
  })
  it('of a place that a list may have had gives its rest, on each engine', async () => {
    const cursor = Buffer.from(JSON.stringify([1, 'x'])).toString('base64url')
    for (const list of ['sessions', 'accounts', 'audit', 'tokens', 'guards']) {
      const answer = await admin.ask(`GET /${list}?cursor=${cursor}`)
      expect(await answer.json(), list).toEqual({ items: [], next: null })
    }
  })
})

describe('a body that is refused', () => {
  const profile = (): string => `PATCH /accounts/${member.id}`
  const signingIn = { login: 'ann@example.com', password }

  it.each([
    [
      'POST /sessions',
      { ...signingIn, remember: 'yes' },
      'remember: This is text: send true or false.',
    ],
    [
      'POST /sessions',
      { ...signingIn, remember: 1 },
      'remember: This is a number: send true or false.',
    ],
    [
      'POST /sessions',
      { login: 5, password },
      'login: The e-mail address or user name is not text: send a string.',
    ],
    [
      'POST /sessions',
      { ...signingIn, device: [] },
      'device: The name of the device is not text: send a string.',
    ],
    [
      'POST /sessions',
      { password },
      'login: The e-mail address or user name is missing: write one.',
    ],
    [
      'POST /sessions',
      { ...signingIn, role: 'admin' },
      'role: This call accepts no such member: leave it out.',
    ],
    [
      'POST /accounts',
      { email: 'a@example.com', password, profile: 'x' },
      'profile: This is text: send an object.',
    ],
    [
      'POST /accounts',
      { email: 'a@example.com', password, profile: ['x'] },
      'profile: This is a list: send an object.',
    ],
    [
      'POST /accounts',
      { email: 'a@example.com', password, profile: { ['k'.repeat(65)]: 1 } },
      `profile.${'k'.repeat(42)}: The name is too long: use at most 64 characters.`,
    ],
    [
      'POST /accounts',
      { email: 'a@example.com', password, profile: null },
      'profile: This is null: send an object.',
    ],
    [
      'POST /accounts',
      { email: 'a@example.com', password: `correct horse \uD800` },
      'password: The password contains half of a character (an unpaired surrogate): write it again.',
    ],
    [
      'POST /accounts',
      { email: 'a@example.com', password: 'ä'.repeat(1000) },
      'password: The password is too long: choose one of at most 1024 bytes of text.',
    ],
  ])('names what is wrong and what to do: %s (attacks 16)', async (call, body, sentence) => {
    const refused = await refusalOf(await send(service, call, { body }))
    expect(refused).toEqual(['400 invalid_request', sentence])
  })
  it('names the values of a member that has few (attacks 16)', async () => {
    const emergency = await admin.ask('POST /keys', { emergency: 'now' })
    expect(await refusalOf(emergency)).toEqual([
      '400 invalid_request',
      'emergency: Use true or false.',
    ])
    const status = await admin.ask(profile(), { status: 'asleep' })
    expect((await refusalOf(status)).at(1)).toBe('status: Use active, locked or disabled.')
  })
  it('names ten members at most, each by fifty characters (attacks 16)', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 4000 }, (_, at) => [`${at}-${'x'.repeat(5)}`, 1]),
    )
    const long = { ['y'.repeat(20_000)]: 1, ['z'.repeat(20_000)]: 1 }
    for (const call of [profile(), `DELETE /sessions/${member.session}`, 'DELETE /sessions']) {
      for (const body of [many, long]) {
        const answer = await member.ask(call, body)
        expect(answer.status, call).toBe(400)
        const text = await answer.text()
        expect(text.length, call).toBeLessThan(2500)
        const { errors = [] } = JSON.parse(text) as Refused
        expect(errors).toHaveLength(body === many ? 10 : 2)
        for (const { path } of errors) expect(path.length).toBeLessThanOrEqual(50)
      }
    }
    const twice = `{"${'w'.repeat(20_000)}":1,"${'w'.repeat(20_000)}":2}`
    const url = new URL(`${service.address}/accounts/${member.id}`)
    const headers = {
      ...member.headers,
      origin: new URL(service.issuer).origin,
      'content-type': 'application/json',
    }
    const answer = await fetch(url, { method: 'PATCH', headers, body: twice })
    expect(answer.status).toBe(400)
    expect((await answer.text()).length).toBeLessThan(1000)
  })
})
