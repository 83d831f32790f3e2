import type { Stats } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkSecretFile } from './file-modes.ts'

describe('a file that holds a secret', () => {
  it('may be given to its group by another owner: a mounted secret (H55)', () => {
    const mounted = (mode: number): Stats =>
      ({ uid: (process.getuid?.() ?? 0) + 1, gid: 1000, mode }) as Stats
    expect(checkSecretFile('The key', mounted(0o100440))).toBe(
      'The key can be read by the group 1000 (mode 0440)',
    )
    expect(() => checkSecretFile('The key', mounted(0o100444))).toThrow(
      'is open to every user of this machine',
    )
  })
})
