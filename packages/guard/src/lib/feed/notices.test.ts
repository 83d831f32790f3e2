import { describe, expect, it } from 'vitest'
import { createNotices } from './notices.ts'

describe('createNotices', () => {
  it('says a sentence once a minute, and a dozen lines at most', () => {
    let now = 0
    const lines: string[] = []
    const say = createNotices(
      (line) => lines.push(line),
      () => now,
    )
    for (let at = 0; at < 100; at++) say('the same')
    expect(lines).toEqual(['the same'])
    for (let at = 0; at < 1000; at++) say(`another ${at}`)
    expect(lines).toHaveLength(12)
    expect(lines.at(-1)).toContain('held back')
    now = 60_000
    say('the same')
    expect(lines).toHaveLength(13)
  })
})
