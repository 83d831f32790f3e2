import { describe, expect, it } from 'vitest'
import {
  newApiKey,
  newGuardKey,
  newId,
  newMachineKey,
  newSecret,
  newTicket,
  newTokenId,
} from './random.ts'

const made: Readonly<Record<string, () => string>> = {
  'ids of sessions': () => newId('ses').slice('ses_'.length),
  'ids of tokens': newTokenId,
  'session cookies': newSecret,
  'secrets of API keys': () => newApiKey().secret.slice(0, 43),
  'guard keys': () => newGuardKey().slice('khg_'.length),
  'keys of machines': () => newMachineKey().slice('khm_'.length),
  tickets: () => newTicket().slice('kht_'.length),
}

/** With so many a constant or counted character would show. */
const MANY = 4000

describe('random values', () => {
  it.each(Object.keys(made))('have at least 128 bits and no pattern: %s (S15)', (name) => {
    const all = Array.from({ length: MANY }, made[name] ?? newSecret)
    expect(new Set(all).size).toBe(MANY)
    const { length } = all[0] ?? ''
    // The last character of base64url has some bits only
    const entropies = Array.from({ length: length - 1 }, (_, at) =>
      entropyOf(all.map((one) => one[at] ?? '')),
    )
    for (const bits of entropies) expect(bits).toBeGreaterThan(5.8)
    expect(entropies.reduce((sum, bits) => sum + bits, 0)).toBeGreaterThan(120)
  })
})

/** Bits of information in one place of many texts. */
function entropyOf(characters: readonly string[]): number {
  const counts = Map.groupBy(characters, (one) => one)
  return [...counts.values()].reduce((sum, { length }) => {
    const share = length / characters.length
    return sum - share * Math.log2(share)
  }, 0)
}
