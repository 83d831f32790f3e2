import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { codeOf, newPerson, password, person } from '@keyhaven/stage/http/person'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const data = newFolder()
let service: Service

beforeAll(async () => {
  service = await serve(data)
})
afterAll(async () => {
  await service?.close()
  rmSync(data, { recursive: true })
})

const COMPLETE = 'POST /sessions/second-factor'

describe('a sign-in with a second factor (V6, H3)', () => {
  it('opens no session by the password alone, and is completed by a code of the app, once', async () => {
    const owner = await newPerson(service)
    const app = await addApp(owner, await databaseIn(data))
    expect(app.recoveryCodes).toHaveLength(10)
    const browser = person(service)
    const due = await browser.ask('POST /sessions', { login: owner.email, password })
    expect(due.status).toBe(401)
    expect(await due.json()).toMatchObject({
      code: 'second_factor_required',
      factors: ['totp', 'recovery_code'],
      expiresIn: 900,
    })
    expect([...browser.cookies.keys()]).toEqual(['keyhaven-flow'])
    const totp = await app.next()
    const done = await browser.ask(COMPLETE, { totp: `${totp.slice(0, 3)} ${totp.slice(3)}` })
    expect(done.status).toBe(201)
    expect(await done.json()).toMatchObject({ session: { amr: ['pwd', 'otp', 'mfa'] } })
    expect(await codeOf(await browser.ask(COMPLETE, { totp: app.code(1) }))).toBe(
      '401 attempt_over',
    )
    const again = person(service)
    await again.ask('POST /sessions', { login: owner.email, password })
    expect(await codeOf(await again.ask(COMPLETE, { totp }))).toBe('401 invalid_credentials')
    const [recoveryCode] = app.recoveryCodes
    expect((await again.ask(COMPLETE, { recoveryCode })).status).toBe(201)
    expect(await (await owner.ask('GET /factors')).json()).toMatchObject({ recoveryCodes: 9 })
  })
})
