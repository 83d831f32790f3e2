import type { BrowserContext } from 'playwright-core'
import { expect } from 'vitest'

/** Ends the session of a browser by a call of its own, which no page of the browser sends. */
export async function endSession(context: BrowserContext, origin: string): Promise<void> {
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const view = await fetch(`${origin}/auth/user/current`, { headers: { cookie } })
  const { xsrfToken } = (await view.json()) as { xsrfToken: string }
  const ended = await fetch(`${origin}/auth/sessions/current`, {
    method: 'DELETE',
    headers: { cookie, origin, 'x-xsrf-token': xsrfToken },
  })
  expect(ended.status).toBe(204)
}
