import { XSRF_HEADER } from '@keyhaven/core/wire'
import type { AccountView, Problem, SessionView } from '@keyhaven/core/wire'
import { cookiesOf } from './cookies.ts'
import type { TestCookie } from './cookies.ts'
import { testingKey } from './key.ts'
import type { TestingKey } from './key.ts'
import { readOptions } from './options.ts'
import type { TestSessionOptions } from './options.ts'

/** A session for a test. */
export interface TestSession {
  readonly account: AccountView
  /** What the page gets from the service: account, scopes, roles, times. */
  readonly view: SessionView
  readonly cookies: readonly TestCookie[]
  /** The `Cookie` header. */
  readonly cookie: string
  /** Headers of a call as the page of the service’s origin makes it: cookies, XSRF token and origin. */
  readonly headers: Readonly<Record<string, string>>
}

/** Milliseconds for a call; hundreds of workers may call at once. */
const PATIENCE = 60_000

/**
 * Opens a session for a test that calls the service or an API by itself, without a browser.
 * @throws Error with one sentence that names what to change.
 */
export async function testSession(options: TestSessionOptions): Promise<TestSession> {
  const { service, body } = readOptions(options)
  const key = await testingKey()
  const call = `${service.href.replace(/\/$/, '')}/testing/sessions`
  const answer = await fetch(call, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    // Another address must not get the key
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE),
  }).catch((cause: unknown) => {
    throw new Error(
      `signInAs: no service answers at ${service.href}: start it with KEYHAVEN_TESTING=on.`,
      { cause },
    )
  })
  if (answer.status !== 201) throw await refusal(answer, { call, key })
  const view = (await answer.json()) as SessionView
  const cookies = cookiesOf(answer, service.hostname)
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const headers = { cookie, [XSRF_HEADER]: view.xsrfToken, origin: service.origin }
  return { account: view.account, view, cookies, cookie, headers }
}

async function refusal(
  answer: Response,
  { call, key }: { readonly call: string; readonly key: TestingKey },
): Promise<Error> {
  const { status } = answer
  if (status === 404) {
    return new Error(
      `signInAs: ${call} does not exist: start the service with KEYHAVEN_TESTING=on, and pass its own KEYHAVEN_URL as url, without a proxy.`,
    )
  }
  if (status === 401) {
    return new Error(
      `signInAs: the service does not know the key in ${key.from}: it makes a new one at each start, so read the one of the running service.`,
    )
  }
  const text = await answer.text().catch(() => '')
  return new Error(`signInAs: ${call} answers ${status}: ${reasonIn(text)}`)
}

/** The reason in a problem document; of any other answer only its beginning. */
function reasonIn(text: string): string {
  try {
    const { code, detail, errors = [] } = JSON.parse(text) as Problem
    const [first] = errors
    return first === undefined ? `${code}. ${detail}` : `${code}, ${first.path}. ${first.message}`
  } catch {
    return text.slice(0, 200) || 'an empty answer.'
  }
}
