import type { Reachable } from './person.ts'

/** The parameters of a form; a list sends its name several times, `undefined` none. */
export type Form = Readonly<Record<string, string | readonly string[] | undefined>>

interface Sent {
  readonly form: Form
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a form to an OAuth endpoint, such as `/oauth/token`, as a program does: without `Origin` and cookies. */
export function sendForm(
  service: Reachable,
  path: string,
  { form, headers = {} }: Sent,
): Promise<Response> {
  const { handler = fetchRequest } = service
  const body = new URLSearchParams(
    Object.entries(form).flatMap(([name, value = []]) => [value].flat().map((one) => [name, one])),
  )
  const url = (service.address ?? service.issuer) + path
  return handler(new Request(url, { method: 'POST', headers, body }))
}

const fetchRequest = (request: Request): Promise<Response> => fetch(request)

/** Status and error of a refusal of an OAuth endpoint. */
export async function errorOf(answer: Promise<Response> | Response): Promise<string> {
  const response = await answer
  return `${response.status} ${((await response.json()) as { error?: string }).error}`
}
