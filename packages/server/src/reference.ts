/**
 * The pages of the reference that are made from tables, as Markdown. For the documentation of this version: their form
 * may change in any other.
 */
import { cliPage } from './cli/cli-page.ts'
import { settingsPage } from './config/settings-page.ts'
import { eventsPage } from './events/events-page.ts'
import { httpPageOf } from './http/http-page.ts'
import { limitsPageOf } from './http/limits-page.ts'
import { withEndpoints } from './http/route.ts'
import { routes } from './routes.ts'

export { cliPage, eventsPage, settingsPage }

/** Every limit. */
export function limitsPage(): string {
  return limitsPageOf(routes)
}

/** Every HTTP call. */
export async function httpPage(): Promise<string> {
  return httpPageOf(await withEndpoints(routes))
}
