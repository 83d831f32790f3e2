import { rmSync } from 'node:fs'
import type { SessionView } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { password, send } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const folder = newFolder()
const newcomers: unknown[] = []
let service: Service
beforeAll(async () => {
  const beforeSignUp = (person: unknown): void => void newcomers.push(person)
  service = await serve(folder, { hooks: { beforeSignUp } })
})
afterAll(async () => {
  await service.close()
  rmSync(folder, { recursive: true })
})

/** A blank, a tab, a line end, and signs that nobody sees: no-break, zero width, direction, soft hyphen. */
const BLANKS = [
  ' \t\r\n\u0085\u00A0\u2003\u2028\u202F\u3000',
  '\uFEFF\u200B\u200D\u2060\u00AD\u200E\u200F\u202A\u2069',
].join('')

const enrol = (body: object): Promise<Response> => send(service, 'POST /accounts', { body })

async function emailOf(login: string, secret = password): Promise<string> {
  const response = await send(service, 'POST /sessions', { body: { login, password: secret } })
  const body = (await response.json()) as { code?: string; account?: { email: string } }
  return body.account?.email ?? `${response.status} ${body.code}`
}

describe('a login', () => {
  it('is trimmed of blanks and invisible characters at sign-up, and shown so (reports F9)', async () => {
    const answer = await enrol({
      email: `\u2068${BLANKS}Ann@Example.com \u00A0`,
      username: '\u200BAnnLee ',
      password,
    })
    expect(answer.status).toBe(201)
    const view = (await answer.json()) as SessionView
    expect(view.account).toMatchObject({ email: 'Ann@Example.com', username: 'AnnLee' })
    expect(newcomers).toMatchObject([{ email: 'Ann@Example.com', username: 'AnnLee' }])
    const again = await enrol({ email: 'ann@example.com\uFEFF', password })
    expect(again.status).toBe(409)
  })
  it('is trimmed at sign-in, the library and the profile; a password never is (reports F9)', async () => {
    const email = 'bob@example.com'
    await service.keyhaven.accounts.create({ email: ` ${email}\t`, username: 'bob', password })
    expect(await emailOf(`${BLANKS}${email}${BLANKS}`)).toBe(email)
    expect(await emailOf(`${BLANKS}BOB${BLANKS}`)).toBe(email)
    expect(await emailOf(email, `${password} `)).toBe('401 invalid_credentials')
    const found = await service.keyhaven.accounts.find({ email: `${email}\u200B` })
    expect(found?.email).toBe(email)
  })
  it('keeps what is inside, and folds no letter into ASCII (reports F9, H43)', async () => {
    const inside = ['b ob@example.com', 'b\u200Bob@example.com', 'bob@exam ple.com', '   ']
    // The Kelvin sign and the long s have ASCII letters as lower or upper case
    const folded = ['\u212Aate@example.com', 'jame\u017F@example.com']
    for (const email of [...inside, ...folded]) {
      expect((await enrol({ email, password })).status, email).toBe(400)
    }
    const username = '\u212Aate'
    expect((await enrol({ email: 'kate@example.com', username, password })).status).toBe(400)
  })
  it('has its domain as lower-case A-labels (H43)', async () => {
    await service.keyhaven.accounts.create({ email: 'eva@BÜCHER.example', password })
    for (const login of [
      'EVA@xn--bcher-kva.example',
      'eva@bücher.EXAMPLE',
      'eva@bu\u0308cher.example',
    ]) {
      expect(await emailOf(login)).toBe('eva@BÜCHER.example')
    }
  })
})
