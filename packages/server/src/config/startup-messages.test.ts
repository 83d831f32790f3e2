import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineAccess } from '@keyhaven/core/access'
import { afterAll, describe, expect, it } from 'vitest'
import { readSettings } from './settings.ts'
import type { Options } from './settings.ts'
import { startupMessages } from './startup-messages.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-words-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function words(environment: Record<string, string>, code: Options = {}): Promise<string> {
  return startupMessages(await readSettings({ code, environment, folder })).join('\n')
}

const production = {
  KEYHAVEN_URL: 'https://app.example/auth',
  KEYHAVEN_EMAIL_VERIFICATION: 'off',
}
const open = { KEYHAVEN_HOST: '0.0.0.0' }

describe('the start lines', () => {
  it('begin with the version and that of Node (operator 16)', async () => {
    expect(await words({})).toMatch(/^version \d+\.\d+\.\d+\S* on Node 2\d\.\d+\.\d+\n/)
  })
  it('report an https URL off loopback without a trusted proxy, or name the proxies (operator 14)', async () => {
    const warning = 'KEYHAVEN_TRUST_PROXY is not set: requests from a proxy are refused'
    expect(await words({ ...production, ...open })).toContain(warning)
    const named = await words({ ...production, ...open, KEYHAVEN_TRUST_PROXY: '10.1.0.0/16, ::1' })
    expect(named).toContain(
      'X-Forwarded-For and X-Forwarded-Proto count if they come from 10.1.0.0/16, ::1\n',
    )
    expect(named).not.toContain(warning)
    expect(await words(production)).toContain(
      'X-Forwarded-For and X-Forwarded-Proto count if they come from 127.0.0.0/8, ::1\n',
    )
    expect(await words({})).not.toMatch(/prox/)
  })
  it('report that accounts get no scopes without an access module (operator 12)', async () => {
    const warning = 'no access module: accounts get no scopes'
    expect(await words({})).toContain(warning)
    const access = defineAccess({
      scopes: ['notes:read'],
      roles: { member: ['notes:read'] },
      defaultRoles: ['member'],
    })
    expect(await words({}, { access })).not.toContain(warning)
  })
  it('report allowed origins that get no cookie, because their site is another (browser F11)', async () => {
    const ofOrigins = (origins: string): Promise<string> =>
      words({ ...production, KEYHAVEN_ALLOWED_ORIGINS: origins })
    const warned = await ofOrigins('https://partner.example,https://www.app.example')
    expect(warned).toContain('browsers send no cookies from https://partner.example, ')
    // Strangers have sub-domains of github.io
    const pages = {
      KEYHAVEN_URL: 'https://me.github.io/auth',
      KEYHAVEN_ALLOWED_ORIGINS: 'https://you.github.io',
    }
    expect(await words({ ...production, ...pages })).toContain(
      'no cookies from https://you.github.io, ',
    )
    expect(await ofOrigins('https://www.app.example')).not.toContain('send no cookies')
    const development = { KEYHAVEN_ALLOWED_ORIGINS: 'http://localhost:5173' }
    expect(await words(development)).not.toContain('send no cookies')
  })
  it('report plain http that the network can reach (operator 27)', async () => {
    const warning = 'KEYHAVEN_HOST is 0.0.0.0: other machines can reach this development service'
    expect(await words(open)).toContain(warning)
    expect(await words({})).not.toContain('other machines can reach')
    expect(await words({ ...production, ...open })).not.toContain('other machines can reach')
  })
})
