import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeOf, newPerson, person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { addPasskey, authenticatorAt, signInByPasskey } from '@keyhaven/stage/webauthn/passkeys'

const data = newFolder()
let service: Service

beforeAll(async () => {
  service = await serve(data)
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
