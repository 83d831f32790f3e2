import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countStatements, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import { codeOf, newPerson, person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { addPasskey, authenticatorAt, signInByPasskey } from '@keyhaven/stage/webauthn/passkeys'

const data = newFolder()
const OPTIONS = 'POST /sessions/passkey/options'
let service: Service
let database: string

beforeAll(async () => {
  database = await databaseIn(data)
  const environment = { NODE_ENV: 'test', ...unreachable }
  service = await serve(data, { environment, emailVerification: 'off', notices: 'on' })
})
afterAll(async () => {
  await service?.close()
  rmSync(data, { recursive: true })
})

describe('passkeys (H48)', () => {
  it.each(['EdDSA', 'ES256', 'RS256'] as const)(
    'are added, listed, named, and sign in alone, with and without a login (%s)',
    async (algorithm) => {
      const owner = await newPerson(service)
      const device = authenticatorAt(service, { algorithm })
      const { id, passkeyId, recoveryCodes } = await addPasskey(owner, device)
      expect(recoveryCodes).toHaveLength(10)
      const named = await owner.ask(`PATCH /passkeys/${id}`, { name: 'Key ring' })
      expect(await named.json()).toMatchObject({ id, passkeyId, kind: 'passkey', name: 'Key ring' })
      expect(await (await owner.ask('GET /factors')).json()).toMatchObject({
        items: [{ id, passkeyId, name: 'Key ring', lastUsedAt: null }],
        passkeys: { rpId: 'localhost', userId: Buffer.from(owner.id).toString('base64url') },
      })
      expect(await codeOf(await owner.ask('PATCH /passkeys/fac_other', { name: null }))).toBe(
        '404 not_found',
      )
      const browser = person(service)
      const done = await signInByPasskey(browser, device)
      expect(done.status).toBe(201)
      expect(await done.json()).toMatchObject({
        account: { id: owner.id },
        session: { amr: ['pop', 'user', 'mfa'] },
      })
      const again = await signInByPasskey(person(service), device, { login: owner.email })
      expect(again.status).toBe(201)
      const second = authenticatorAt(service)
      expect((await addPasskey(owner, second)).recoveryCodes).toBeUndefined()
      expect(await codeOf(await signInByPasskey(browser, second, { flags: 1 | 8 }))).toBe(
        '401 invalid_credentials',
      )
    },
  )
})

describe('options for a login (H48)', () => {
  it('do not show whether it has an account or passkeys: same form, same statements, the same each time but the challenge (6.7.2)', async () => {
    const without = await newPerson(service)
    const owner = await newPerson(service)
    const { passkeyId } = await addPasskey(owner, authenticatorAt(service))
    const statements = countStatements()
    const challenges: string[] = []
    const once = async (login: string): Promise<readonly [object, number]> => {
      statements.clear()
      const answer = await person(service).ask(OPTIONS, { login })
      const work = statements.count()
      expect(answer.status).toBe(200)
      const { challenge, ...options } = (await answer.json()) as { challenge: string }
      expect(Buffer.from(challenge, 'base64url')).toHaveLength(32)
      expect(challenges).not.toContain(challenge)
      challenges.push(challenge)
      return [options, work]
    }
    const [real] = await once(owner.email)
    expect(real).toMatchObject({
      rpId: 'localhost',
      userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: passkeyId }],
    })
    const unknown = [without.email, 'unknown@example.com', 'unknown', 'no address @ all']
    const seen = new Set<string>()
    for (const login of unknown) {
      const [options] = await once(login)
      const [again] = await once(` ${login.toUpperCase()}`.trimEnd())
      const { allowCredentials, ...rest } = options as { allowCredentials: { id: string }[] }
      expect(rest).toEqual({ ...real, allowCredentials: undefined })
      expect([1, 2]).toContain(allowCredentials.length)
      for (const one of allowCredentials) {
        expect(Object.keys(one)).toEqual(['type', 'id', 'transports'])
        seen.add(one.id)
      }
      // A login of no possible account has no canonical form
      if (!login.includes(' ')) expect(again).toEqual(options)
    }
    expect(seen.size).toBeGreaterThan(3)
    // Jobs of the service run statements too: the least of a few tries has none of them
    const least = new Map<string, number>()
    for (let round = 0; round < 3 || (round < 20 && new Set(least.values()).size > 1); round++) {
      for (const login of [owner.email, ...unknown]) {
        const [, work] = await once(login)
        least.set(login, Math.min(work, least.get(login) ?? work))
      }
    }
    expect(new Set(least.values()).size, JSON.stringify([...least])).toBe(1)
    statements.restore()
  })
})

describe('the signature counter (W05)', () => {
  it('may go back: the sign-in counts, and it is recorded and mailed', async () => {
    const counting = await newPerson(service)
    const key = authenticatorAt(service, { synced: false })
    await addPasskey(counting, key)
    const after = async (counter: number): Promise<readonly unknown[]> => {
      expect((await signInByPasskey(person(service), key, { counter })).status).toBe(201)
      const rows = await rowsIn(
        database,
        `select details from audit where account_id = '${counting.id}' and action = 'factor.counter_back' order by id`,
      )
      return rows.map(({ details }) => JSON.parse(String(details)) as unknown)
    }
    expect(await after(7)).toEqual([])
    expect(await after(8)).toEqual([])
    expect(await after(8)).toMatchObject([{ stored: 8, sent: 8 }])
    expect(await after(3)).toMatchObject([{}, { stored: 8, sent: 3 }])
    expect(await after(4)).toHaveLength(2)
    const mails = await mailQueue(data, database).to(counting.email)
    const counterMails = mails.filter(({ template }) => template === 'passkey-counter-back')
    expect(counterMails).toHaveLength(2)
  })
})

describe('the domain of passkeys (H48)', () => {
  it('may be a parent of the host; after a change former ones no longer work, and the start counts them', async () => {
    const folder = newFolder()
    const lines: string[] = []
    const settings = {
      url: 'https://auth.example.org/auth',
      emailVerification: 'off',
      announce: (line: string) => lines.push(line),
    } as const
    const started = async (more: object): Promise<Service> =>
      serve(folder, { ...settings, ...more })
    const before = await started({ rpId: 'example.org' })
    const page = await newPerson(before.keyhaven)
    const key = authenticatorAt(before)
    await addPasskey(page, key)
    expect((await signInByPasskey(person(before.keyhaven), key)).status).toBe(201)
    expect(lines.join()).not.toContain('passkey')
    await before.close()
    const after = await started({})
    expect(lines).toContainEqual(
      expect.stringContaining('1 passkey belongs to another domain than auth.example.org'),
    )
    await expect(signInByPasskey(person(after.keyhaven), key)).rejects.toThrow('no passkey')
    await after.close()
    rmSync(folder, { recursive: true })
  })

  it('cannot be an IP address', async () => {
    const folder = newFolder()
    const address = await serve(folder, { url: 'http://127.0.0.1:4999/auth' })
    const at = await newPerson(address)
    expect(await codeOf(await at.ask('POST /passkeys/options'))).toBe('409 conflict')
    expect(await codeOf(await at.ask(OPTIONS, {}))).toBe('409 conflict')
    await address.close()
    rmSync(folder, { recursive: true })
  })
})
