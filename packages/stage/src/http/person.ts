import type { SessionView } from '@keyhaven/core/wire'
import type { Keyhaven } from '@keyhaven/server'
import { setCookies } from './set-cookies.ts'

/** A service: on a port, or one of this process, such as a `Keyhaven`. */
export interface Reachable {
  readonly issuer: string
  /** Where it listens, whatever its issuer is. */
  readonly address?: string
  /** Answers in this process, with no socket between. */
  readonly handler?: (request: Request) => Promise<Response>
}

/** What a call has beside its method and path. */
export interface Call {
  /** Sends the cookies and the XSRF header of this person. */
  readonly person?: Pick<Person, 'headers'>
  readonly body?: unknown
  /** `undefined` leaves out what would be sent. */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** Somebody at a browser of their own: it keeps cookies, and sends them from the service's own origin. */
export interface Person {
  readonly email: string
  /** The account's id; empty before the first sign-in. */
  readonly id: string
  /** The session's id; empty before the first sign-in. */
  readonly session: string
  /** The access token that the browser has now. */
  readonly token: string
  /** The `Cookie` header. */
  readonly cookie: string
  /** The jar: a test may lose a cookie, or plant one. */
  readonly cookies: Map<string, string>
  /** What the last `Set-Cookie` of each name said behind the value. */
  readonly attributes: ReadonlyMap<string, string>
  /** Cookies and XSRF header, for a call past this person's own `ask`. */
  readonly headers: Readonly<Record<string, string>>
  /** What the last sign-up or sign-in answered. */
  readonly view: SessionView
  /** Sends a call, such as `GET /sessions` (or to a whole URL), and keeps the cookies of its answer. */
  ask(call: string, body?: unknown, headers?: Call['headers']): Promise<Response>
  /** @throws Error unless there is an account and a session. */
  signUp(more?: object): Promise<Person>
  /** @throws Error unless there is a session. */
  signIn(more?: object): Promise<Person>
}

/** Who sits there. */
export interface Who {
  readonly email?: string
  readonly password?: string
  /** Sent with every call: an address behind a proxy, a user agent. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Everybody's password, if a test has no other. */
export const password = 'correct horse battery'

let people = 0

/** A person who is not signed in yet, with an e-mail address that no other of this file has. */
export function person(service: Reachable, who: Who = {}): Person {
  return browserOf(service, who).person
}

/**
 * The person whose sign-up or sign-in was answered so.
 * @throws Error unless there is a session.
 */
export async function personOf(service: Reachable, answer: Response): Promise<Person> {
  const browser = browserOf(service, {})
  browser.keep(answer)
  return browser.enter(answer)
}

interface Browser {
  readonly person: Person
  /** Keeps the cookies of an answer. */
  keep(answer: Response): void
  /** Takes the session of an answer. */
  enter(answer: Response): Promise<Person>
}

function browserOf(service: Reachable, who: Who): Browser {
  const { email = `person${++people}@example.com`, headers: always = {} } = who
  const secret = who.password ?? password
  const cookies = new Map<string, string>()
  const attributes = new Map<string, string>()
  let view: SessionView | undefined
  const header = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const own = (): Record<string, string> => ({
    ...(cookies.size > 0 && { cookie: header() }),
    ...(view && { 'x-xsrf-token': view.xsrfToken }),
  })
  const keep = (answer: Response): void => {
    for (const { name, value, attributes: more, isRemoved } of setCookies(answer)) {
      attributes.set(name, more)
      if (isRemoved) cookies.delete(name)
      else cookies.set(name, value)
    }
  }
  const ask: Person['ask'] = async (call, body, headers) => {
    const answer = await send(service, call, { body, headers: { ...always, ...own(), ...headers } })
    keep(answer)
    return answer
  }
  const enter = async (answer: Response): Promise<Person> => {
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
    view = (await answer.json()) as SessionView
    return here
  }
  const here: Person = {
    get email() {
      return view?.account.email ?? email
    },
    cookies,
    attributes,
    get id() {
      return view?.account.id ?? ''
    },
    get session() {
      return view?.session.id ?? ''
    },
    get token() {
      return [...cookies].find(([name]) => /^(__[A-Za-z-]+-)?keyhaven$/.test(name))?.[1] ?? ''
    },
    get cookie() {
      return header()
    },
    get headers() {
      return own()
    },
    get view() {
      if (view === undefined) throw new Error(`${email} has not signed in`)
      return view
    },
    ask,
    signUp: async (more = {}) =>
      enter(await ask('POST /accounts', { email, password: secret, ...more })),
    signIn: async (more = {}) =>
      enter(await ask('POST /sessions', { login: email, password: secret, ...more })),
  }
  return { person: here, keep, enter }
}

/** Sends a call, such as `GET /sessions`, from a page of the service's own origin. */
export function send(service: Reachable, call: string, ask: Call = {}): Promise<Response> {
  const { person: caller, body, headers } = ask
  const [method = '', path = ''] = call.split(' ')
  const { handler = fetchRequest } = service
  return handler(
    new Request(path.startsWith('http') ? path : (service.address ?? service.issuer) + path, {
      method,
      headers: new Headers(
        Object.entries({
          origin: new URL(service.issuer).origin,
          ...caller?.headers,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        }).filter((header): header is [string, string] => header[1] !== undefined),
      ),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )
}

const fetchRequest = (request: Request): Promise<Response> => fetch(request)

/** Signs a new person up. */
export function signUp(service: Reachable, who: Who = {}): Promise<Person> {
  return person(service, who).signUp()
}

/** Signs somebody in who has an account, at a browser of its own. */
export function signIn(service: Reachable, email: string, who: Who = {}): Promise<Person> {
  return person(service, { ...who, email }).signIn()
}

/** Makes an account by the library, and signs in. */
export async function newPerson(
  service: Reachable &
    (Pick<Keyhaven, 'accounts'> | { readonly keyhaven: Pick<Keyhaven, 'accounts'> }),
  ...roles: string[]
): Promise<Person> {
  const { accounts } = 'keyhaven' in service ? service.keyhaven : service
  const somebody = person(service)
  const { email } = somebody
  await accounts.create({ email, password, ...(roles.length > 0 && { roles }) })
  return somebody.signIn()
}

/** The header of a token that is sent as a bearer. */
export const bearer = (value: string): Record<string, string> => ({
  authorization: `Bearer ${value}`,
})

/** Status and code of a refusal. */
export async function codeOf(response: Response): Promise<string> {
  return `${response.status} ${((await response.json()) as { code: string }).code}`
}
