import { writeFileSync } from 'node:fs'
import { cliPage, eventsPage, httpPage, limitsPage, settingsPage } from '@keyhaven/server/reference'
import { demandsPage } from './demands/page.ts'
import { errorsPage } from './errors-page.ts'
import { root } from './root.ts'

/** `npm run reference`: writes the pages that are made from tables. A test holds them equal. */
writeFileSync(`${root}/docs/reference/errors.md`, errorsPage())
writeFileSync(`${root}/docs/reference/settings.md`, settingsPage())
writeFileSync(`${root}/docs/reference/limits.md`, limitsPage())
writeFileSync(`${root}/docs/reference/http.md`, await httpPage())
writeFileSync(`${root}/docs/reference/cli.md`, cliPage())
writeFileSync(`${root}/docs/reference/events.md`, eventsPage())
const { text, faults, notBuilt } = demandsPage()
writeFileSync(`${root}/docs/security/demands.md`, text)
for (const fault of faults) console.error(fault)
console.log(`demands that wait for a feature: ${notBuilt}`)
