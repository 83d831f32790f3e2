import type { NewApiKey } from '@keyhaven/core/wire'
import type { Person, Reachable } from './person.ts'

/** The parameters of a form; a list sends its name several times, `undefined` none. */
export type Form = Readonly<Record<string, string | readonly string[] | undefined>>

/** Sends a form to an OAuth endpoint, such as `/oauth/token`, as a program does: without `Origin` and cookies. */
export function sendForm(
  service: Reachable,
  path: string,
  form: Form,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { handler = fetchRequest } = service
  const body = new URLSearchParams(
    Object.entries(form).flatMap(([name, value = []]) => [value].flat().map((one) => [name, one])),
  )
  const url = (service.address ?? service.issuer) + path
  return handler(new Request(url, { method: 'POST', headers, body }))
}

const fetchRequest = (request: Request): Promise<Response> => fetch(request)

/** The header of a client that authenticates by `Basic`. */
export function basic(id: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
}

/** Status and error of a refusal of an OAuth endpoint. */
export async function errorOf(answer: Promise<Response> | Response): Promise<string> {
  const response = await answer
  return `${response.status} ${((await response.json()) as { error?: string }).error}`
}

/** Makes an API key. @throws Error unless it is made. */
export async function newKey(owner: Person, wanted: object = {}): Promise<NewApiKey> {
  const answer = await owner.ask('POST /api-keys', { name: 'deploy', ...wanted })
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as NewApiKey
}
