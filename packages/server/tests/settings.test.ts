import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven, describeLifetimes } from '@keyhaven/server'
import { settingsPage } from '@keyhaven/server/reference'

describe('createKeyhaven', () => {
  it('uses the value in code if file, variable and code have three, and says at its start which count', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyhaven-settings-'))
    const database = await databaseIn(folder)
    const file = { cookieName: 'of-file', keepAlive: '10s', alg: 'Ed25519', hsts: false }
    writeFileSync(join(folder, 'keyhaven.config.json'), JSON.stringify(file))
    const environment = { KEYHAVEN_COOKIE_NAME: 'of-variable', KEYHAVEN_KEEP_ALIVE: '20s' }
    const lines: string[] = []
    const announce = (line: string): unknown => lines.push(line)
    const code = { cookieName: 'of-code', hsts: 'off' }
    const given = { ...code, data: folder, database, folder, environment, announce }
    const keyhaven = await createKeyhaven(given)
    try {
      expect(keyhaven.settings).toMatchObject({
        cookies: { name: 'of-code' },
        keepAlive: 20,
        alg: 'Ed25519',
        hsts: false,
      })
      expect(lines.filter((line) => line.includes(' counts, and '))).toEqual([
        'KEYHAVEN_KEEP_ALIVE counts, and keepAlive in keyhaven.config.json differs from it: remove what does not count',
        'cookieName in code counts, and cookieName in keyhaven.config.json and KEYHAVEN_COOKIE_NAME differ from it: remove what does not count',
      ])
    } finally {
      await keyhaven.close()
      rmSync(folder, { recursive: true })
    }
  })
})

describe('settingsPage', () => {
  it('names every setting once, with a default and a sentence', () => {
    const rows = [...settingsPage().matchAll(/^\| `(KEYHAVEN_\w+)` \| `\w+` \| (.+) \| (.+) \|$/gm)]
    const names = rows.map(([, name]) => name)
    expect(names).toContain('KEYHAVEN_URL')
    expect(new Set(names).size).toBe(settingsPage().match(/^\| `KEYHAVEN_/gm)?.length)
    // The words that a setting accepts come from its parser
    expect(settingsPage()).toMatch(/KEYHAVEN_SAME_SITE.* One of strict, lax\. \|/)
    expect(settingsPage()).toMatch(/KEYHAVEN_PRESET.* One of bank, business, consumer, device\. \|/)
    for (const [, , otherwise, sentence] of rows) {
      expect(otherwise?.trim()).not.toBe('')
      expect(sentence).toMatch(/\.$/)
    }
  })
})

describe('describeLifetimes', () => {
  it('states how long a sign-in lasts', () => {
    const lifetimes = {
      preset: 'device',
      accessTtl: 600,
      idle: 3600,
      absolute: undefined,
      apiKeyMax: 86_400,
    } as const
    expect(describeLifetimes(lifetimes)).toBe(
      'a sign-in lasts 1 hour without activity, with no limit beyond that; access tokens live 10 minutes',
    )
  })
})
