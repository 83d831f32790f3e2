import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { freePort, keyhaven, root, run, until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { codeOf, password, send, signUp } from '@keyhaven/stage/http/person'
import { cookieAfter } from '@keyhaven/stage/http/set-cookies'

const data = mkdtempSync(join(tmpdir(), 'keyhaven-cli-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

/** Runs one command to its end. */
async function command(args: readonly string[], more: Record<string, string> = {}, input = '') {
  const { KEYHAVEN_DATA = data } = more
  const environment = {
    KEYHAVEN_ACCESS: join(root, 'examples/notes/access.ts'),
    ...more,
    KEYHAVEN_DATA,
    KEYHAVEN_DATABASE: await databaseIn(KEYHAVEN_DATA),
  }
  const process = run([...keyhaven, ...args], { environment, input })
  return { code: await process.exited, output: process.output() }
}

interface Shown {
  readonly id: string
  readonly secondFactors: unknown
  readonly sessions: unknown
  readonly apiKeys: unknown
}

describe('keyhaven', () => {
  it('refuses to start on a database without tables if it may not migrate', async () => {
    const fresh = mkdtempSync(join(data, 'fresh-'))
    const environment = {
      KEYHAVEN_DATA: fresh,
      KEYHAVEN_DATABASE: await databaseIn(fresh, { migrated: false }),
      KEYHAVEN_PORT: String(await freePort()),
    }
    const started = run([...keyhaven, 'start', '--no-migrate'], { environment })
    expect(await started.exited).toBe(78)
    expect(started.output()).toContain('start once without --no-migrate')
  })
})

describe('keyhaven accounts create', () => {
  it('takes the password from standard input', async () => {
    const args = ['accounts', 'create', '--email', 'a@example.com', '--role', 'admin', '--json']
    const made = await command(args, {}, 'correct horse battery\n')
    expect(made.code).toBe(0)
    expect(JSON.parse(made.output)).toMatchObject({ email: 'a@example.com', emailVerified: true })
    expect(made.output).not.toContain('correct horse')
    const again = await command(args, {}, 'correct horse battery')
    expect(again.code).toBe(1)
    expect(JSON.parse(again.output)).toEqual({
      error: {
        code: 'conflict',
        detail:
          'There is an account a@example.com: choose another address, or look at the account with `keyhaven accounts show a@example.com`.',
      },
    })
  })
  it('makes a password and prints it once if none is given', async () => {
    const made = await command(['accounts', 'create', '--email', 'b@example.com'])
    expect(made.output).toMatch(
      /created b@example\.com as acc_\S+\npassword \(shown once\): \S{24}\n/,
    )
  })
  it('makes an installation, and reports it even if the account is refused (operator 3)', async () => {
    const settings = { KEYHAVEN_DATA: mkdtempSync(join(data, 'new-')) }
    const made = await command(['accounts', 'create', '--email', 'no address'], settings)
    expect(made).toEqual({
      code: 1,
      output: [
        `keyhaven: made a new installation in ${settings.KEYHAVEN_DATA}\n`,
        'keyhaven: email: This is not an e-mail address: write it like name@example.com.\n',
      ].join(''),
    })
    const again = await command(['accounts', 'create', '--email', 'e@example.com'], settings)
    expect(again.output).not.toContain('made a new installation')
  })
  it('names an undeclared role, and the nearest declared one (operator 15)', async () => {
    const args = ['accounts', 'create', '--email', 'c@example.com', '--role', 'owner']
    const result = await command(args)
    expect(result.code).toBe(1)
    expect(result.output).toBe(
      'keyhaven: roles: “owner” is not a role: use admin, support, reader, editor, or declare it in the access module (KEYHAVEN_ACCESS).\n',
    )
    const typo = await command(['accounts', 'create', '--email', 'c@x.example', '--role', 'amdin'])
    expect(typo.output).toBe(
      'keyhaven: roles: “amdin” is not a role: write admin, or another of admin, support, reader, editor.\n',
    )
  })
})

describe('the verbs of operators', () => {
  const operator = { email: 'root@example.com', role: 'admin' }
  let service: RunningService
  beforeAll(async () => {
    const access = { KEYHAVEN_ACCESS: join(root, 'examples/notes/access.ts') }
    service = await startService({ environment: access })
    const { email, role } = operator
    await service.command(['accounts', 'create', '--email', email, '--role', role], password)
  })
  afterAll(() => service.close())

  const headers = {
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  }
  const newcomer = async (email: string): Promise<string> =>
    (await signUp(service, { email, headers })).cookie
  const enter = (body: object): Promise<Response> => send(service, 'POST /sessions', { body })
  /** 200, or the code of the refusal. */
  const seen = async (cookie: string): Promise<unknown> => {
    const response = await send(service, 'GET /user/current', { headers: { cookie } })
    return response.status === 200 ? 200 : ((await response.json()) as { code: string }).code
  }
  const accounts = (...args: readonly string[]) => service.command(['accounts', ...args])
  const json = async (...args: readonly string[]): Promise<unknown> => {
    const { code, output } = await accounts(...args, '--json')
    expect(code, output).toBe(0)
    return JSON.parse(output)
  }

  it('mail list shows the mailbox of the running service, with links and codes (H61)', async () => {
    const mail = (...more: readonly string[]) => service.command(['mail', 'list', ...more])
    const { email } = await signUp(service, { email: 'reader@example.com', headers })
    await send(service, 'POST /password-resets', { body: { email } })
    const empty = /"mails":\[\]/
    let text = ''
    await until('it is there', async () => {
      text = (await mail('--json')).output
      return !empty.test(text)
    })
    const { mails } = JSON.parse(text) as { mails: readonly Record<string, unknown>[] }
    expect(mails).toMatchObject([{ number: 1, template: 'reset', to: email }])
    const [{ links, codes, sentAt, subject } = {}] = mails
    expect(links).toEqual([expect.stringContaining(`${service.issuer}/pages/reset#token=`)])
    const lines = [
      `1  ${String(sentAt)}  ${email}  ${String(subject)}`,
      `   link  ${String(links)}`,
      `   code  ${String(codes)}`,
    ]
    expect(await mail()).toEqual({ code: 0, output: `${lines.join('\n')}\n` })
    const environment = { ...service.environment, KEYHAVEN_MAIL: 'none' }
    const none = run([...keyhaven, 'mail', 'list'], { environment })
    expect(await none.exited).toBe(78)
    expect(none.output()).toContain('KEYHAVEN_MAIL is none, so no mail is sent')
  })
  it('lock ends every session in the running service at once; unlock revives none', async () => {
    const cookie = await newcomer('mallory@example.com')
    const locked = await accounts('lock', 'mallory@example.com', '--reason', 'taken over')
    expect(locked).toMatchObject({
      code: 0,
      output: 'mallory@example.com is locked; 1 session ended\n',
    })
    expect(await seen(cookie)).toBe('account_locked')
    const unlocked = await json('unlock', 'mallory@example.com')
    expect(unlocked).toMatchObject({ account: { status: 'active' } })
    expect(await seen(cookie)).toBe('account_locked')
    const changes = async (): Promise<number> =>
      (await service.command(['audit', 'export', '-'])).output.split('account.status_changed')
        .length
    const before = await changes()
    // It is not locked any more: nothing is written
    expect(await json('unlock', 'mallory@example.com')).toEqual(unlocked)
    expect(await accounts('unlock', 'mallory@example.com')).toEqual({
      code: 0,
      output: 'mallory@example.com is not locked: nothing was changed\n',
    })
    expect(await changes()).toBe(before)
  })
  it('unlock leaves an unverified account as it is, and names the command for it', async () => {
    const email = 'uma@example.com'
    await newcomer(email)
    await changeIn(
      service.environment['KEYHAVEN_DATABASE'] ?? '',
      `update accounts set status = 'unverified' where email = '${email}'`,
    )
    const { code, output } = await accounts('unlock', email)
    expect(code).toBe(1)
    expect(output).toContain(`keyhaven accounts set-email ${email} ${email}`)
    expect(await json('show', email)).toMatchObject({ status: 'unverified' })
  })
  it('list and show print accounts, the reason for their status, and their sessions', async () => {
    await newcomer('shown@example.com')
    const [list, none, shown, told] = await Promise.all([
      json('list', '--search', 'SHOWN@'),
      json('list', '--status', 'disabled'),
      json('show', ' Shown@example.com'),
      accounts('show', 'shown@example.com'),
    ])
    expect(none).toEqual({ accounts: [] })
    expect(shown).toMatchObject({
      email: 'shown@example.com',
      roles: ['editor'],
      status: 'active',
      statusReason: null,
      lastSignInAt: expect.stringMatching(/Z$/),
      sessions: [{ browser: 'Firefox on Linux', address: '127.0.0.1' }],
    })
    const { sessions: _sessions, secondFactors, apiKeys, ...account } = shown as Shown
    expect(apiKeys).toEqual([])
    expect(secondFactors).toEqual({ items: [], recoveryCodes: 0 })
    expect(list).toEqual({ accounts: [account] })
    expect(told.output).toContain('Firefox on Linux from 127.0.0.1')
    expect(told.output).toContain(`id            ${account.id}\n`)
  })
  it('roles add and roles remove count at once; an unknown role names those that there are', async () => {
    const cookie = await newcomer('roles@example.com')
    const rolesNow = async (): Promise<readonly string[]> => {
      const response = await send(service, 'GET /user/current', { headers: { cookie } })
      return ((await response.json()) as { roles: string[] }).roles
    }
    expect(await json('roles', 'add', 'roles@example.com', 'support')).toMatchObject({
      email: 'roles@example.com',
      roles: ['editor', 'support'],
    })
    expect(await rolesNow()).toContain('support')
    expect(await accounts('roles', 'remove', 'roles@example.com', 'support')).toEqual({
      code: 0,
      output: 'roles@example.com has the roles editor\n',
    })
    expect(await rolesNow()).toEqual(['editor'])
    const [unknown, lacking] = await Promise.all([
      accounts('roles', 'add', 'roles@example.com', 'amdin', '--json'),
      accounts('roles', 'remove', 'roles@example.com', 'reader'),
    ])
    expect(unknown.code).toBe(1)
    const { error } = JSON.parse(unknown.output) as { error: { code: string; detail: string } }
    expect(error.code).toBe('not_found')
    expect(error.detail).toBe(
      '“amdin” is not a role: write admin, or another of admin, support, reader, editor.',
    )
    expect(lacking).toMatchObject({
      code: 1,
      output: expect.stringContaining('does not have the role “reader”: its roles are editor.'),
    })
  })
  it('leave the last administrator the role and the account (409 over HTTP)', async () => {
    const refused = await Promise.all([
      accounts('roles', 'remove', operator.email, 'admin', '--json'),
      accounts('lock', operator.email, '--reason', 'x', '--json'),
    ])
    for (const { code, output } of refused) {
      expect(code).toBe(1)
      expect(JSON.parse(output)).toEqual({
        error: {
          code: 'conflict',
          detail:
            'This is the last active administrator: give another account the role first, with `keyhaven accounts roles add ACCOUNT admin`.',
        },
      })
    }
  })
  it('set-email counts as verified: the new address signs in, sessions go on, a taken one is refused (H23)', async () => {
    const cookie = await newcomer('before@example.com')
    expect(await json('set-email', 'before@example.com', 'After@example.com')).toMatchObject({
      email: 'After@example.com',
      emailVerified: true,
    })
    expect(await seen(cookie)).toBe(200)
    expect((await enter({ login: 'after@example.com', password })).status).toBe(201)
    expect((await enter({ login: 'before@example.com', password })).status).toBe(401)
    // Another account had it until now
    await changeIn(
      await databaseIn(service.data),
      `insert into links (id, purpose, token_sha256, code_hmac, tries, account_id, email, email_key, created_at,
       expires_at, epoch) select 'lnk_kept', 'email-undo', '', '', 0, id, 'kept@example.com', 'kept@example.com', 0,
       ${Date.now() + 60_000}, 0 from accounts where email_key = '${operator.email}'`,
    )
    const [taken, kept, malformed] = await Promise.all([
      accounts('set-email', 'after@example.com', operator.email, '--json'),
      accounts('set-email', 'after@example.com', 'Kept@example.com', '--json'),
      accounts('set-email', 'after@example.com', 'after', '--json'),
    ])
    expect([taken.code, kept.code, malformed.code]).toEqual([1, 1, 1])
    expect(JSON.parse(kept.output)).toMatchObject({
      error: { code: 'conflict', detail: expect.stringContaining('can bring it back for 7 days') },
    })
    expect(JSON.parse(taken.output)).toMatchObject({
      error: {
        code: 'conflict',
        detail: expect.stringContaining(`\`keyhaven accounts show ${operator.email}\``),
      },
    })
    expect(JSON.parse(malformed.output)).toMatchObject({ error: { code: 'invalid_request' } })
  })
  it('end-sessions ends every session and no password; reset-password prints a link that replaces it, and is audited (H23)', async () => {
    const cookie = await newcomer('ended@example.com')
    expect(
      await json('end-sessions', 'ended@example.com', '--reason', 'a stolen phone'),
    ).toMatchObject({ email: 'ended@example.com', ended: { sessions: 1 } })
    expect(await seen(cookie)).toBe('session_ended')
    const again = await enter({ login: 'ended@example.com', password })
    expect(again.status).toBe(201)
    const reset = (await json('reset-password', 'ended@example.com')) as Record<string, string>
    expect(reset).toMatchObject({ email: 'ended@example.com', ended: { sessions: 1 } })
    const minutes = (Date.parse(reset['expiresAt'] ?? '') - Date.now()) / 60_000
    expect([minutes > 28, minutes <= 30]).toEqual([true, true])
    expect(await seen(cookieAfter(again))).toBe('session_ended')
    const [, token = ''] = reset['link']?.split(`${service.issuer}/pages/reset#token=`) ?? []
    const former = await enter({ login: 'ended@example.com', password })
    expect(await codeOf(former)).toBe('403 password_change_required')
    const fresh = 'another correct horse'
    const used = (): Promise<Response> =>
      send(service, 'POST /password-resets/confirm', { body: { token, password: fresh } })
    expect((await used()).status).toBe(204)
    expect(await codeOf(await used())).toBe('400 link_invalid')
    expect((await enter({ login: 'ended@example.com', password: fresh })).status).toBe(201)
    const { output } = await service.command(['audit', 'export', '-'])
    expect(output + service.process.output()).not.toContain(token)
    const rows = output
      .split('\n')
      .filter((line) => /"(password\.reset_started|sessions\.ended)"/.test(line))
    expect(rows.map((line) => JSON.parse(line) as object)).toMatchObject([
      { action: 'sessions.ended', actor: expect.stringMatching(/^os:/), reason: 'a stolen phone' },
      { action: 'password.reset_started', actor: expect.stringMatching(/^os:/) },
    ])
  })
  it('show lists second factors; reset-factors removes them, ends every session, and is audited (H23)', async () => {
    const email = 'phoneless@example.com'
    const owner = await signUp(service, { email })
    const app = await addApp(owner, service.environment['KEYHAVEN_DATABASE'] ?? '')
    const shown = await accounts('show', email)
    expect(shown.output).toContain('factors       1, recovery codes left: 10\n')
    expect(shown.output).toContain(`  ${app.id}  authenticator app  added 20`)
    expect((await accounts('reset-factors', email)).code).toBe(2)
    const why = ['--reason', 'lost the phone'] as const
    expect(await accounts('reset-factors', email, ...why)).toEqual({
      code: 0,
      output: `${email} has no second factor any more (removed: 1), and signs in by the password\n1 session ended\n`,
    })
    expect(await codeOf(await owner.ask('GET /user/current'))).toBe('401 session_ended')
    expect((await enter({ login: email, password })).status).toBe(201)
    expect(await json('reset-factors', email, ...why)).toMatchObject({
      email,
      factors: 0,
      ended: { sessions: 1 },
    })
    const { output } = await service.command(['audit', 'export', '-'])
    const rows = output.split('\n').filter((line) => line.includes('"factor.reset"'))
    expect(JSON.parse(rows[0] ?? '')).toMatchObject({
      actor: expect.stringMatching(/^os:/),
      reason: 'lost the phone',
    })
  })
  it('erase ends all access and is undone by keep, until its time; the status stays meanwhile', async () => {
    const cookie = await newcomer('erased@example.com')
    const erased = (await json('erase', 'erased@example.com', '--reason', 'by mail')) as {
      readonly erasesAt: string
    }
    const days = (Date.parse(erased.erasesAt) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(14)
    expect(await seen(cookie)).toBe('account_locked')
    const unlock = await accounts('unlock', 'erased@example.com', '--json')
    expect([unlock.code, unlock.output]).toEqual([
      1,
      expect.stringContaining('keyhaven accounts keep'),
    ])
    expect(await json('keep', 'erased@example.com')).toMatchObject({ status: 'active' })
    expect((await enter({ login: 'erased@example.com', password })).status).toBe(201)
  })
  it('reset-password prints its link to a terminal or with --json only, and none for a locked account (H23)', async () => {
    const email = 'printed@example.com'
    const cookie = await newcomer(email)
    const piped = await accounts('reset-password', email)
    expect(piped).toEqual({
      code: 2,
      output:
        'keyhaven: the link is a secret: run this command at a terminal, or with --json; --help lists what it takes.\n',
    })
    expect(await seen(cookie)).toBe(200)
    const command = [...keyhaven, 'accounts', 'reset-password', email].join(' ')
    const { environment } = service
    const shown = run(['script', '-qec', command, '/dev/null'], { environment })
    expect(await shown.exited).toBe(0)
    const [lead, link, ended] = shown.output().split(/\r?\n/)
    expect(lead).toMatch(
      /^printed@example\.com sets a new password with this link \(shown once, until 20/,
    )
    expect(link).toMatch(/^http:.*\/auth\/pages\/reset#token=[\w-]{43}$/)
    expect(ended).toBe('1 session ended')
    expect(await seen(cookie)).toBe('session_ended')
    await accounts('lock', email, '--reason', 'a test')
    const locked = await accounts('reset-password', email, '--json')
    expect(locked.code).toBe(1)
    expect(locked.output).toContain('The account is locked: unlock it first')
  })
  it('answer not_found for an account that there is not', async () => {
    const verbs = [['show'], ['unlock'], ['set-email', 'x@example.com']] as const
    const answers = await Promise.all(
      verbs.map(([verb, ...more]) => accounts(verb, 'nobody@example.com', ...more, '--json')),
    )
    for (const { code, output } of answers) {
      expect(code).toBe(1)
      expect(JSON.parse(output)).toMatchObject({
        error: {
          code: 'not_found',
          detail: expect.stringMatching(/^There is no account nobody@example\.com: check the /),
        },
      })
    }
  })
})
