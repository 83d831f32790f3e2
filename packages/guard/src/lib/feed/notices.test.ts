import { describe, expect, it } from 'vitest'
import { createNotices } from './notices.ts'

describe('createNotices', () => {
  it('logs a sentence once a minute, and a dozen lines at most', () => {
    let now = 0
    const lines: string[] = []
    const notice = createNotices(
      (line) => lines.push(line),
      () => now,
    )
    for (let at = 0; at < 100; at++) notice('the same')
    expect(lines).toEqual(['the same'])
    for (let at = 0; at < 1000; at++) notice(`another ${at}`)
    expect(lines).toHaveLength(12)
    expect(lines.at(-1)).toContain('held back')
    now = 60_000
    notice('the same')
    expect(lines).toHaveLength(13)
  })
})
