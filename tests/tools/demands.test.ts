import { describe, expect, it } from 'vitest'
import { part } from '../../tools/demands/demand.ts'
import { demands } from '../../tools/demands/demands.ts'
import { faultsOf, names, proofsOf } from '../../tools/demands/proof.ts'
import { titlesIn } from '../../tools/demands/test-titles.ts'

const state = { works: 'sign-in by password', notBuilt: 'mail, OAuth' }

/** What is wrong with a row, beside a test of this title. */
function faults(rows: string, title = 'a test of nothing'): readonly string[] {
  const proofs = proofsOf([part('rows', rows)], [{ path: 'a.test.ts', title }])
  return faultsOf(proofs, ['mail', 'sign-in by password'], state).filter(
    (fault) => !fault.includes('no demand waits'),
  )
}

describe('the demands', () => {
  it('are each of an id of its own, and include those of sessions, hardening and ASVS', () => {
    const ids = demands.flatMap((one) => one.demands.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining(['JOSE-1', 'SES-9', 'H1', 'H62', '16.5.3']))
    const rules = ids.filter((id) => /^H\d+$/.test(id))
    expect(rules).toEqual(Array.from({ length: 62 }, (_, at) => `H${at + 1}`))
  })
})

describe('the proof of a demand', () => {
  it.each([
    ['a title that names it', 'CK-1 a cookie', 'sends each once (CK-1, CK-2)', []],
    ['a sentence', 'CK-1 a cookie | cannot: the service sets no cookies at all', undefined, []],
    ['a feature that is not built', 'CK-1 a cookie | not built: mail', undefined, []],
    ['a test, in part', 'CK-1 a cookie | in part: mail', 'is sent (CK-1)', []],
    ['no test, in part', 'CK-1 a cookie | in part: mail', undefined, ['CK-1: no test names it']],
    ['nothing', 'CK-1 a cookie', 'of another (CK-11)', ['CK-1: no test names it']],
    ['too little', 'CK-1 a cookie | cannot: never', undefined, ['CK-1: says too little']],
    [
      'a test beside an excuse',
      'CK-1 a cookie | not built: mail',
      'is sent (CK-1)',
      ['CK-1: has tests'],
    ],
    [
      'a feature that the README says is there',
      'CK-1 a cookie | not built: sign-in by password',
      undefined,
      ['CK-1: the README says that sign-in by password works'],
    ],
    [
      'a feature that the table lacks',
      'CK-1 a cookie | not built: OAuth',
      undefined,
      ['CK-1: OAuth is no feature'],
    ],
    [
      'another demand without a test',
      'CK-1 a cookie | like: CK-2\nCK-2 one more | not built: mail',
      undefined,
      ['CK-1: is like CK-2, which no test names'],
    ],
    ['a page that is not there', 'CK-1 a cookie | written: no.md', undefined, ['CK-1: docs/no.md']],
  ])('by %s', (_what, rows, title, wanted) => {
    const found = faults(rows, title)
    expect(found).toHaveLength(wanted.length)
    for (const [at, fault] of wanted.entries()) expect(found[at]).toContain(fault)
  })
})

describe('a title', () => {
  it('names an id as a whole word, and an attack of the same number is another', () => {
    expect(names('is refused (source 2, H38)', 'H38')).toBe(true)
    expect(names('is refused (H38)', 'H3')).toBe(false)
    expect(names('is refused (attack H11)', 'H11')).toBe(false)
    expect(names('is refused (16.2.51)', '16.2.5')).toBe(false)
    expect(names('is refused (116.2.5)', '16.2.5')).toBe(false)
    expect(names('is refused (D12, 16.2.5)', '16.2.5')).toBe(true)
  })
  it('is read with what surrounds it, and with the rows of its table that name something', () => {
    const text = `
const kinds = [['an odd kid (JOSE-9)', 1]]
describe('a token', () => {
  it('is good', () => {})
  it.each([['old (JOSE-18)'], ['new']])('is refused if it is %s', () => {})
  describe.each(['a', 'b'])('at %s', () => {
    it.each(kinds)('is refused', () => {})
  })
})`
    expect(titlesIn(text)).toEqual([
      'a token › is good',
      'a token › is refused if it is old (JOSE-18)',
      'a token › at %s › is refused: an odd kid (JOSE-9)',
    ])
  })
})
