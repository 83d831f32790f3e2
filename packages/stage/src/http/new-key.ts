import { randomInt } from 'node:crypto'
import { checkedSecret } from '@keyhaven/core'
import type { ApiKeyView, NewApiKey } from '@keyhaven/core/wire'
import type { Person } from './person.ts'

/** The parts of an API key. */
export type Key = Pick<NewApiKey, 'id' | 'secret' | 'key'>

/** Makes an API key. @throws Error unless the answer has one. */
export async function newKey(owner: Person, wanted: object = {}): Promise<NewApiKey> {
  const answer = await owner.ask('POST /api-keys', { name: 'deploy', ...wanted })
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as NewApiKey
}

/** The live API keys of a person. */
export async function keysOf(owner: Person): Promise<readonly ApiKeyView[]> {
  const answer = await owner.ask('GET /api-keys')
  return ((await answer.json()) as { items: readonly ApiKeyView[] }).items
}

/** The header of a user and a password (RFC 7617). */
export const basicOf = (user: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
})

/** The header of a key that is sent as user and password. */
export const basic = ({ id, secret }: Key): Record<string, string> => basicOf(id, secret)

/** A key that does not exist, with a right checksum. */
export function unknownKey(): string {
  const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('')
  return `kh_${digits(16)}_${checkedSecret(digits(43))}`
}
