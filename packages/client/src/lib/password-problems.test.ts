import { describe, expect, it } from 'vitest'
import { passwordProblems } from './password-problems.ts'

const ada = {
  minLength: 8,
  email: 'ada.lovelace@example.com',
  username: 'countess',
  name: 'Ada Lovelace',
}

describe('passwordProblems', () => {
  it.each<readonly [string, readonly string[]]>([
    ['', ['too_short']],
    ['1234567', ['too_short']],
    // Eight characters of two code units each, and a letter of two code points that is one in NFC
    ['🐎🐎🐎🐎🐎🐎🐎🐎', []],
    ['cafe\u0301 au', ['too_short']],
    ['x'.repeat(1024), []],
    ['é'.repeat(513), ['too_long']],
    ['ada.lovelace@example.com', ['personal']],
    ['Ada.Lovelace1815!', ['personal']],
    ['COUNTESS42', ['personal']],
    ['ada lovelace', ['personal']],
    ['ada', ['too_short']],
    ['12345678', []],
    ['correct horse battery', []],
  ])('of %j are %j', (password, problems) => {
    expect(passwordProblems(password, ada)).toEqual(problems)
  })
  it('need no more than the length', () => {
    expect(passwordProblems('', { minLength: 15 })).toEqual(['too_short'])
    expect(passwordProblems('correct horse battery', { minLength: 15 })).toEqual([])
  })
})
