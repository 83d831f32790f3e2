/** T3: an invalid token never costs more than a valid one at first sight. */
import { checkAccessToken } from '@keyhaven/core'
import { createVerifier } from 'fast-jwt'
import { createPublicKey } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import { machine, medianOf, race, table, verdict } from './lib/measure.ts'
import type { Contender } from './lib/measure.ts'
import { fresh, issuer, now, stockOf } from './lib/tokens.ts'

const stock = stockOf('ES256')
const { keys, tokens, jwk } = stock
const other = stockOf('ES256')
const swapped = tokens.map((token, at) => {
  const signature = other.tokens[at]?.split('.')[2] ?? ''
  return `${token.slice(0, token.lastIndexOf('.'))}.${signature}`
})
const garbage = tokens.map((token) => token.split('').toReversed().join(''))

const check = (name: string, from: readonly string[], time = now): Contender => ({
  name,
  run: (at) => checkAccessToken(fresh(from, at), { keys, issuer, audience: issuer, now: time }).ok,
})
const pem = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  .export({ format: 'pem', type: 'spki' })
  .toString()
const fast = createVerifier({ key: pem, algorithms: ['ES256'] })
const caught = (run: () => unknown): boolean => {
  try {
    run()
    return true
  } catch {
    return false
  }
}

const figures = await race(
  [
    check('valid', tokens),
    check('bad signature', swapped),
    check('expired', tokens, now + 3600),
    check('unknown key', other.tokens),
    check('garbage', garbage),
    check('8 KiB of dots', ['.'.repeat(8192)]),
    check('1 MB of letters', ['A'.repeat(1_000_000)]),
    { name: 'fast-jwt valid', run: (at) => caught(() => fast(fresh(tokens, at)) as unknown) },
    {
      name: 'fast-jwt bad signature',
      run: (at) => caught(() => fast(fresh(swapped, at)) as unknown),
    },
  ],
  1000,
)
table(`T3 refusals (${machine()})`, figures)
const goal = medianOf(figures, 'valid') * 1.05
for (const name of ['bad signature', 'expired', 'unknown key', 'garbage', '8 KiB of dots']) {
  const ours = medianOf(figures, name)
  verdict({
    target: `T3 ${name}`,
    ours,
    unit: 'us',
    goal,
    limit: medianOf(figures, 'valid'),
    peers: { 'fast-jwt bad signature': medianOf(figures, 'fast-jwt bad signature') },
    holds: ours <= goal,
  })
}
