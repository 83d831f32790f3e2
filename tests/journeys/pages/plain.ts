/** The smallest page: a store, what it went through, and a way for the test to reach it. */
import { createAuth } from '@keyhaven/client'
import type { Auth, AuthEvents } from '@keyhaven/client'
import { access } from '../../../examples/notes/access.ts'

/** What a test finds on the page. */
export interface PlainPage {
  readonly auth: Auth<typeof access>
  /** Each status that the page went through, with the account. */
  readonly states: string[]
  readonly events: { readonly name: keyof AuthEvents; readonly event: unknown }[]
  /** Statuses of the API's answers, `cut` where none came. */
  readonly answers: (number | 'cut')[]
  /** Calls the API each so many milliseconds. */
  work(every: number): void
}

const search = new URLSearchParams(location.search)
const auth = createAuth({
  url: search.get('auth') ?? '/auth',
  access,
  warnBefore: Number(search.get('warnBefore') ?? 120),
})
const page: PlainPage = {
  auth,
  states: [],
  events: [],
  answers: [],
  work: (every) => {
    setInterval(() => {
      auth.fetch('/api/notes').then(
        ({ status }) => page.answers.push(status),
        () => page.answers.push('cut'),
      )
    }, every)
  },
}
const show = (): void => {
  const { status, account } = auth.state
  page.states.push(account ? `${status} ${account.email}` : status)
  document.body.dataset['status'] = status
  document.body.dataset['email'] = account?.email ?? ''
}
for (const name of ['signed-out', 'ending-soon'] as const) {
  auth.on(name, (event) => page.events.push({ name, event }))
}
auth.subscribe(show)
show()
Object.assign(globalThis, { page })
