/** The partners whose tokens the example service exchanges: `npm start` passes this file as KEYHAVEN_TRUST. */
import { readFile } from 'node:fs/promises'
import type { KeyhavenOptions } from '@keyhaven/server'
import { service } from './places.ts'

const { PARTNER_PORT = '4010', PARTNER_CUSTOMERS = '' } = process.env
const issuer = `http://localhost:${PARTNER_PORT}`

/** The account of a partner's customer. Your own application stores this when its user links the two. */
async function accountOf(customer: unknown): Promise<string | undefined> {
  const linked = new Map(
    Object.entries(JSON.parse(await readFile(PARTNER_CUSTOMERS, 'utf8')) as Record<string, string>),
  )
  return linked.get(String(customer))
}

export const trust = [
  {
    issuer,
    audience: service,
    // Only in development are keys read by http
    jwks: `${issuer}/jwks.json`,
    algorithms: ['ES256'],
    typ: 'JWT',
    scopes: ['notes:read'],
    account: ({ sub }) => accountOf(sub),
  },
] satisfies KeyhavenOptions['trust']
