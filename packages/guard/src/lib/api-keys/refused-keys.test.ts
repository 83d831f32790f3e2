import { describe, expect, it } from 'vitest'
import { createRefusedKeys } from './refused-keys.ts'

describe('createRefusedKeys', () => {
  it('remembers a refusal with its code for 30 s, from the latest answer on', () => {
    let now = 0
    const keys = createRefusedKeys(() => now)
    keys.add('one', 'token_invalid')
    now = 20_000
    keys.add('one', 'account_locked')
    now = 49_999
    expect(keys.find('one')).toBe('account_locked')
    expect(keys.find('other')).toBeUndefined()
    now = 50_000
    expect(keys.find('one')).toBeUndefined()
    keys.add('other', 'token_invalid')
    expect(keys.size).toBe(1)
  })
  it('holds a bounded number, and forgets the oldest first', () => {
    const keys = createRefusedKeys(() => 0)
    for (let at = 0; at < 20_000; at++) keys.add(`key ${at}`, 'token_invalid')
    expect(keys.size).toBe(5000)
    expect(keys.find('key 19999')).toBe('token_invalid')
    expect(keys.find('key 0')).toBeUndefined()
  })
})
