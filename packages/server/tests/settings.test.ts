import { describe, expect, it } from 'vitest'
import { describeLifetimes } from '@keyhaven/server'
import { settingsPage } from '@keyhaven/server/reference'

describe('settingsPage', () => {
  it('names every setting once, with a default and a sentence', () => {
    const rows = [...settingsPage().matchAll(/^\| `(KEYHAVEN_\w+)` \| `\w+` \| (.+) \| (.+) \|$/gm)]
    const names = rows.map(([, name]) => name)
    expect(names).toContain('KEYHAVEN_URL')
    expect(new Set(names).size).toBe(settingsPage().match(/^\| `KEYHAVEN_/gm)?.length)
    for (const [, , otherwise, sentence] of rows) {
      expect(otherwise?.trim()).not.toBe('')
      expect(sentence).toMatch(/\.$/)
    }
  })
})

describe('describeLifetimes', () => {
  it('states how long a sign-in lasts', () => {
    const lifetimes = { preset: 'device', accessTtl: 600, idle: 3600, absolute: undefined } as const
    expect(describeLifetimes(lifetimes)).toBe(
      'a sign-in lasts 1 hour without activity, with no limit beyond that; access tokens live 10 minutes',
    )
  })
})
