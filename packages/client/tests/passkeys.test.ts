import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Auth } from '@keyhaven/client'
import { passkeys } from '@keyhaven/client/passkey'
import { createBrowser } from './tabbed-browser.ts'
import type { Browser } from './tabbed-browser.ts'
import { simulateAuthenticator } from './simulated-authenticator.ts'
import {
  createTestService,
  cut,
  gone,
  held,
  html,
  ME,
  ok,
  otherView,
  refuse,
  refuseWith,
  view,
} from './test-service.ts'

const service = createTestService()
const { answers, calls, count } = service
const OPTIONS = 'POST /auth/sessions/passkey/options'
const SIGN_IN = 'POST /auth/sessions/passkey'
const LEAVE = 'DELETE /auth/sessions/current'
const REGISTER = 'POST /auth/passkeys'
const STEP_UP = 'POST /auth/sessions/current/step-up'
const challenge = Buffer.from('challenge').toString('base64url')
const credential = Buffer.from('credential').toString('base64url')
const descriptor = { type: 'public-key', id: credential }
const options = { challenge, rpId: 'localhost', allowCredentials: [descriptor], timeout: 300_000 }
const user = { id: Buffer.from('acc_1').toString('base64url'), name: 'a', displayName: 'A' }
const creation = {
  challenge,
  rp: { id: 'localhost', name: '' },
  user,
  excludeCredentials: [descriptor],
}
const entry = { id: 'fac_1', kind: 'passkey', name: 'Key', createdAt: '', lastUsedAt: null }
const native = { id: credential, native: true }

let browser: Browser

beforeEach(async () => {
  await service.start()
  browser = createBrowser(() => `${service.origin()}/auth`)
  answers.set(OPTIONS, ok(200, options))
  answers.set(SIGN_IN, ok(201, view))
  answers.set(`${REGISTER}/options`, ok(200, creation))
  answers.set(REGISTER, ok(201, { ...entry, recoveryCodes: ['aaaa-bbbb'] }))
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await service.stop()
})

async function opened(isSignedIn = false): Promise<Auth> {
  if (!isSignedIn) answers.set(ME, refuse('not_signed_in'))
  const { auth } = browser.open()
  auth.subscribe(() => {})
  await browser.pass(6000)
  calls.length = 0
  return auth
}

const sent = (line: string): unknown =>
  JSON.parse(calls.findLast((call) => call.line === line)?.body ?? 'null')
const until = (isSo: () => unknown): Promise<void> =>
  vi.waitFor(() => expect(isSo()).toBeTruthy(), { interval: 2, timeout: 20_000 })

describe('a sign-in by passkey', () => {
  it('has the browser answer the service’s challenge, with its own JSON methods', async () => {
    const browserHas = simulateAuthenticator()
    const auth = await opened()
    const door = passkeys(auth)
    expect(door.isSupported()).toBe(true)
    const done = await door.signIn({ login: 'ada', remember: true, device: 'Phone' })
    expect(done).toEqual({ ok: true, state: auth.state })
    expect(auth.state.status).toBe('signed-in')
    expect(sent(OPTIONS)).toEqual({ login: 'ada' })
    expect(sent(SIGN_IN)).toEqual({ response: native, remember: true, device: 'Phone' })
    expect(browserHas.ceremonies).toEqual([options])
    expect(browserHas.signals).toEqual([])
  })
  it('is a method of the store too, and of its snapshots', async () => {
    simulateAuthenticator()
    const auth = await opened()
    expect(await auth.signInWithPasskey()).toMatchObject({ ok: true })
    expect(await passkeys(auth.at(auth.state)).signIn()).toMatchObject({ ok: true })
    expect(sent(OPTIONS)).toEqual({})
  })
  it.each([false, 'inherited'] as const)('works without JSON methods: %s', async (json) => {
    const browserHas = simulateAuthenticator({ json })
    const door = passkeys(await opened(true))
    expect(await door.signIn()).toMatchObject({ ok: true })
    const [of, to] = json ? [challenge, credential] : ['bytes of challenge', 'bytes of credential']
    expect(browserHas.ceremonies[0]).toMatchObject({
      challenge: of,
      allowCredentials: [{ id: to }],
    })
    const text = (read: string): string => Buffer.from(read).toString('base64url')
    const answer = { ...descriptor, rawId: credential, authenticatorAttachment: 'platform' }
    expect(sent(SIGN_IN)).toEqual({
      response: {
        ...answer,
        clientExtensionResults: {},
        response: {
          clientDataJSON: text('client data'),
          authenticatorData: text('authenticator data'),
          signature: text('signature'),
          userHandle: text('acc_1'),
        },
      },
    })
    expect(await door.register()).toMatchObject({ ok: true })
    expect(browserHas.ceremonies[1]).toMatchObject({
      challenge: of,
      user: { id: json ? user.id : 'bytes of acc_1' },
      excludeCredentials: [{ id: to }],
    })
    expect(sent(REGISTER)).toMatchObject({
      response: {
        ...answer,
        response: {
          clientDataJSON: text('client data'),
          attestationObject: text('attestation'),
          transports: ['internal'],
        },
      },
    })
  })
  it('returns what the browser refuses, and throws nothing', async () => {
    const browserHas = simulateAuthenticator()
    const auth = await opened()
    for (const [exception, code] of [
      ['NotAllowedError', 'passkey_cancelled'],
      ['AbortError', 'passkey_replaced'],
      ['InvalidStateError', 'passkey_exists'],
      ['SecurityError', 'passkey_elsewhere'],
      ['NotSupportedError', 'passkey_unsupported'],
      ['UnknownError', 'passkey_failed'],
    ] as const) {
      browserHas.always = exception
      const result = await passkeys(auth).signIn()
      expect(result).toMatchObject({ ok: false, error: { code, status: 0, errors: [] } })
      expect(result.ok || result.error.detail).toMatch(/^[A-Z].+\.$/)
    }
    expect(count(SIGN_IN)).toBe(0)
    expect(auth.state.status).toBe('signed-out')
  })
  it('goes on if it begins while a sign-out is answered, whose user is gone then', async () => {
    simulateAuthenticator()
    let begun: Promise<unknown> | undefined
    const send: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      if (init?.method === 'DELETE') begun = passkeys(auth).signIn()
      return response
    }
    browser = createBrowser(() => `${service.origin()}/auth`, send)
    const auth = await opened(true)
    answers.set(LEAVE, gone)
    answers.set(SIGN_IN, ok(201, otherView))
    expect(await auth.signOut()).toEqual({ ok: true })
    expect(await begun).toMatchObject({ ok: true, state: { status: 'signed-in' } })
  })
  it('is refused without a call if the browser has no passkeys', async () => {
    const auth = await opened()
    const door = passkeys(auth)
    expect(door.isSupported()).toBe(false)
    const { signal } = new AbortController()
    const refusal = { ok: false, error: { code: 'passkey_unsupported' } }
    for (const result of [door.signIn(), door.register(), door.autofill({ signal })])
      expect(await result).toMatchObject(refusal)
    expect(calls).toEqual([])
  })
  it('returns what the service refuses', async () => {
    const browserHas = simulateAuthenticator()
    const door = passkeys(await opened())
    answers.set(OPTIONS, refuse('rate_limited'))
    expect(await door.signIn()).toMatchObject({ error: { code: 'rate_limited' } })
    expect(browserHas.ceremonies).toEqual([])
  })
})

describe('what the browser’s password manager learns (WA-2)', () => {
  it('is that a passkey is unknown, only when the service says so', async () => {
    const browserHas = simulateAuthenticator()
    const door = passkeys(await opened())
    for (const refusal of ['invalid_credentials', 'attempt_over', 'unavailable'] as const) {
      answers.set(SIGN_IN, refuse(refusal))
      expect(await door.signIn()).toMatchObject({ error: { code: refusal } })
    }
    expect(browserHas.signals).toEqual([])
    answers.set(SIGN_IN, refuseWith('invalid_credentials', { passkey: 'unknown' }))
    expect(await door.signIn()).toMatchObject({ error: { code: 'invalid_credentials' } })
    const one = { rpId: 'localhost', credentialId: credential }
    expect(browserHas.signals).toEqual([['unknown', one]])
  })
  it('is which passkeys are left after a removal, and the new address of the user', async () => {
    const browserHas = simulateAuthenticator()
    const auth = await opened(true)
    const scope = { rpId: 'localhost', userId: user.id }
    const items = [
      { ...entry, passkeyId: credential },
      { ...entry, kind: 'totp' },
    ]
    answers.set('GET /auth/factors', ok(200, { items, recoveryCodes: 9, passkeys: scope }))
    answers.set('DELETE /auth/factors/fac_2', refuse('conflict'))
    expect(await passkeys(auth).remove({ id: 'fac_2' })).toMatchObject({ ok: false })
    expect(browserHas.signals).toEqual([])
    answers.set('DELETE /auth/factors/fac_2', gone)
    expect(await passkeys(auth).remove({ id: 'fac_2' })).toEqual({ ok: true })
    const left = ['accepted', { ...scope, allAcceptedCredentialIds: [credential] }]
    expect(browserHas.signals).toEqual([left])
    // The browser must not forget a passkey that the service does not list yet
    const { answer, come, release } = held(ok(201, entry))
    answers.set(REGISTER, answer)
    const registering = passkeys(auth).register()
    await come
    expect(await auth.factors.remove({ id: 'fac_2' })).toEqual({ ok: true })
    release()
    expect(await registering).toMatchObject({ ok: true })
    expect(browserHas.signals).toEqual([left])

    answers.set('POST /auth/email-changes/confirm', ok(200, {}))
    answers.set(ME, ok(200, { ...view, account: { ...view.account, email: 'new@example.com' } }))
    expect(await auth.confirmEmailChange({ token: 't' })).toEqual({ ok: true })
    const details = { ...scope, name: 'new@example.com', displayName: 'new@example.com' }
    expect(browserHas.signals).toEqual([left, ['user', details]])
  })
  it('is nothing if it can’t learn it', async () => {
    simulateAuthenticator({ signals: false })
    const auth = await opened(true)
    answers.set('DELETE /auth/factors/fac_2', gone)
    expect(await auth.factors.remove({ id: 'fac_2' })).toEqual({ ok: true })
    expect(count('GET /auth/factors')).toBe(0)
  })
})

describe('passkeys as second factors', () => {
  it('are registered after a step-up by another passkey, which does not wait for it', async () => {
    simulateAuthenticator()
    const auth = await opened(true)
    const door = passkeys(auth)
    answers.set(`${REGISTER}/options`, (request, response) => {
      const answer = count(STEP_UP) ? ok(200, creation) : refuse('step_up_required')
      answer(request, response)
    })
    answers.set(`${STEP_UP}/options`, ok(200, options))
    answers.set(STEP_UP, ok(200, view))
    auth.on('step-up', () => {})
    const registering = door.register({ name: 'Key' })
    await until(() => count(`${REGISTER}/options`))
    await browser.tick(1000)
    expect(await door.stepUp()).toEqual({ ok: true })
    expect(sent(STEP_UP)).toEqual({ passkey: native })
    const passkey = entry
    expect(await registering).toEqual({ ok: true, passkey, recoveryCodes: ['aaaa-bbbb'] })
    expect(sent(REGISTER)).toEqual({ response: native, name: 'Key' })
  })
  it('complete a sign-in, or are set up in it', async () => {
    simulateAuthenticator()
    const auth = await opened()
    const door = passkeys(auth)
    const factor = 'POST /auth/sessions/second-factor'
    answers.set(`${factor}/options`, ok(200, options))
    answers.set(factor, ok(201, view))
    expect(await door.completeSignIn()).toEqual({ ok: true, state: auth.state })
    expect(sent(factor)).toEqual({ passkey: native })

    const enrol = `${factor}/enrol/passkey`
    answers.set(`${enrol}/options`, refuse('mail_code_required'))
    expect(await door.enrol()).toMatchObject({ error: { code: 'mail_code_required' } })
    answers.set(`${enrol}/options`, ok(200, creation))
    answers.set(enrol, ok(201, { ...view, recoveryCodes: ['aaaa-bbbb'] }))
    const done = await door.enrol({ name: 'Key', mailCode: 'ABCD' })
    expect(done).toEqual({ ok: true, state: auth.state, recoveryCodes: ['aaaa-bbbb'] })
    expect(sent(`${enrol}/options`)).toEqual({ mailCode: 'ABCD' })
    expect(sent(enrol)).toEqual({ response: native, name: 'Key' })
  })
})

describe('passkeys behind a link in a mail', () => {
  it('undo a change, or deny a sign-in, without a session (H4)', async () => {
    simulateAuthenticator()
    const door = passkeys(await opened())
    const [undo, deny] = ['POST /auth/email-changes/undo', 'POST /auth/session-notices/deny']
    for (const line of [undo, deny]) answers.set(`${line}/options`, ok(200, options))
    answers.set(undo, ok(200, { paused: true }))
    answers.set(deny, gone)
    expect(await door.undoEmailChange({ token: 'one' })).toEqual({ ok: true, paused: true })
    expect(await door.denySignIn({ token: 'two', everything: true })).toEqual({ ok: true })
    expect(sent(`${undo}/options`)).toEqual({ token: 'one' })
    expect(sent(undo)).toEqual({ token: 'one', passkey: native })
    expect(sent(deny)).toEqual({ token: 'two', everything: true, passkey: native })
    answers.set(deny, refuse('invalid_credentials'))
    expect(await door.denySignIn({ token: 'two' })).toMatchObject({ ok: false })
  })
})

describe('passkeys as suggestions of an input', () => {
  it('wait for a choice, make way for a dialog, and begin again after it', async () => {
    const browserHas = simulateAuthenticator()
    browserHas.always = undefined
    const auth = await opened()
    const door = passkeys(auth)
    const page = new AbortController()
    const filling = door.autofill({ signal: page.signal, remember: true })
    await until(() => browserHas.waiting()?.mediation === 'conditional')
    expect(browserHas.ceremonies[0]).not.toHaveProperty('timeout')

    const first = door.signIn()
    await until(() => browserHas.waiting() && browserHas.waiting()?.mediation === undefined)
    // Another dialog ends the first one
    const second = door.signIn()
    expect(await first).toMatchObject({ error: { code: 'passkey_replaced' } })
    await until(() => browserHas.ceremonies.length === 3 && browserHas.waiting())
    browserHas.waiting()?.fail('NotAllowedError')
    expect(await second).toMatchObject({ error: { code: 'passkey_cancelled' } })

    await until(() => browserHas.waiting()?.mediation === 'conditional')
    expect(browserHas.ceremonies).toHaveLength(4)
    browserHas.waiting()?.choose()
    expect(await filling).toEqual({ ok: true, state: auth.state })
    expect(sent(SIGN_IN)).toEqual({ response: native, remember: true })
  })
  it('begin before a sign-in, whose cookie their answer would replace', async () => {
    const browserHas = simulateAuthenticator()
    browserHas.always = undefined
    const auth = await opened()
    const door = passkeys(auth)
    for (const [line, begin] of [
      ['POST /auth/sessions', () => auth.signIn({ login: 'ada', password: 'long enough' })],
      ['POST /auth/sessions/email', () => auth.signInByMail({ email: 'a@example.com' })],
      [OPTIONS, () => door.signIn()],
    ] as const) {
      calls.length = 0
      const page = new AbortController()
      const answer = held(ok(200, options))
      answers.set(OPTIONS, answer.answer)
      const filling = door.autofill({ signal: page.signal })
      await answer.come
      answers.set(line, refuse('rate_limited'))
      const begun = begin()
      await browser.tick(100)
      expect(calls.map((call) => call.line)).toEqual([OPTIONS])
      answer.release()
      expect(await begun).toMatchObject({ error: { code: 'rate_limited' } })
      page.abort()
      await filling
    }
  })
  it('end with their signal, with a later call, and when a user has signed in', async () => {
    const browserHas = simulateAuthenticator()
    browserHas.always = undefined
    const door = passkeys(await opened())
    const replaced = { ok: false, error: { code: 'passkey_replaced' } }
    const [one, two] = [new AbortController(), new AbortController()]
    const first = door.autofill({ signal: one.signal })
    await until(() => browserHas.waiting())
    one.abort(new Error('unmounted'))
    expect(await first).toMatchObject(replaced)
    expect(await door.autofill({ signal: one.signal })).toMatchObject(replaced)

    const former = door.autofill({ signal: new AbortController().signal })
    await until(() => browserHas.waiting())
    const latter = door.autofill({ signal: two.signal })
    expect(await former).toMatchObject(replaced)
    await until(() => browserHas.waiting())

    browserHas.always = 'choose'
    expect(await door.signIn()).toMatchObject({ ok: true })
    expect(await latter).toMatchObject(replaced)
    expect(browserHas.waiting()).toBeUndefined()
  })
  it('begin again after a limit or a failure, which is no fault of the user', async () => {
    const browserHas = simulateAuthenticator()
    const auth = await opened()
    answers.set(OPTIONS, (request, response) => {
      response.setHeader('retry-after', '0.01')
      const [first, second] = [refuse('rate_limited'), refuse('unavailable')]
      const answer = [first, second, html, cut][count(OPTIONS) - 1] ?? ok(200, options)
      answer(request, response)
      // What has no answer has no time either
      if (answer === html) page.abort()
    })
    let page = new AbortController()
    const door = passkeys(auth)
    const ended = await door.autofill({ signal: page.signal })
    expect(ended).toMatchObject({ error: { code: 'passkey_replaced' } })
    expect(count(OPTIONS)).toBe(3)
    page = new AbortController()
    const filling = door.autofill({ signal: page.signal })
    await until(() => count(OPTIONS) === 4)
    page.abort()
    expect(await filling).toMatchObject({ error: { code: 'passkey_replaced' } })
    expect(browserHas.ceremonies).toEqual([])
    expect(await door.autofill({ signal: new AbortController().signal })).toMatchObject({
      ok: true,
    })
  })
  it('make way for a dialog even if an extension does not end them', async () => {
    const browserHas = simulateAuthenticator({ deaf: true })
    browserHas.always = undefined
    const door = passkeys(await opened())
    const page = new AbortController()
    const filling = door.autofill({ signal: page.signal })
    await until(() => browserHas.waiting()?.mediation === 'conditional')
    const signingIn = door.signIn()
    await until(() => browserHas.waiting() && browserHas.waiting()?.mediation === undefined)
    browserHas.waiting()?.choose()
    expect(await signingIn).toMatchObject({ ok: true })
    expect(await filling).toMatchObject({ error: { code: 'passkey_replaced' } })
  })
  it('get a new challenge before its end, if the page is visible', async () => {
    const browserHas = simulateAuthenticator()
    browserHas.always = undefined
    const door = passkeys(await opened())
    answers.set(OPTIONS, ok(200, { ...options, timeout: 20 }))
    const page = new AbortController()
    const filling = door.autofill({ signal: page.signal })
    await until(() => count(OPTIONS) > 2)
    Object.assign(document, { hidden: true })
    await until(() => browserHas.waiting())
    const hidden = browserHas.ceremonies.length
    document.dispatchEvent(new Event('visibilitychange'))
    expect(browserHas.ceremonies).toHaveLength(hidden)
    Object.assign(document, { hidden: false })
    await until(() => {
      document.dispatchEvent(new Event('visibilitychange'))
      return browserHas.ceremonies.length > hidden
    })
    page.abort()
    expect(await filling).toMatchObject({ error: { code: 'passkey_replaced' } })
  })
  it('are followed by a dialog if another tab has replaced the challenge', async () => {
    const browserHas = simulateAuthenticator()
    const door = passkeys(await opened())
    answers.set(SIGN_IN, (request, response) => {
      const answer = count(SIGN_IN) < 2 ? refuse('attempt_over') : ok(201, view)
      answer(request, response)
    })
    const { signal } = new AbortController()
    expect(await door.autofill({ signal })).toMatchObject({ ok: true })
    const [suggested, asked] = browserHas.ceremonies
    expect([suggested?.['mediation'], asked?.['mediation']]).toEqual(['conditional', undefined])
  })
  it('return what the browser refuses at once, and what the service refuses', async () => {
    const browserHas = simulateAuthenticator()
    const door = passkeys(await opened())
    const { signal } = new AbortController()
    browserHas.always = 'NotAllowedError'
    expect(await door.autofill({ signal })).toMatchObject({ error: { code: 'passkey_cancelled' } })
    browserHas.always = 'choose'
    answers.set(SIGN_IN, refuse('invalid_credentials'))
    expect(await door.autofill({ signal })).toMatchObject({
      error: { code: 'invalid_credentials' },
    })
    answers.set(OPTIONS, refuse('conflict'))
    expect(await door.autofill({ signal })).toMatchObject({ error: { code: 'conflict' } })
    simulateAuthenticator({ autofill: false })
    expect(await door.autofill({ signal })).toMatchObject({
      error: { code: 'passkey_unsupported' },
    })
  })
})
