import { enforce, isTest } from '../sources.ts'
import type { Rule } from '../sources.ts'

/** The flow that opens a session, and the only one that calls it: it requires the second factor first. */
const may: ReadonlySet<string> = new Set([
  'packages/server/src/flows/sessions/open.ts',
  'packages/server/src/flows/sign-in/open-signed-in.ts',
])

/** A session that is opened elsewhere may skip the second factor (H3). */
export const oneFileOpens: Rule = (sources) =>
  sources
    .filter(({ path }) => path.startsWith('packages/server/src/'))
    .filter(({ path, text }) => !isTest(path) && !may.has(path) && /\bopenSession\b/.test(text))
    .map(({ path }) => `${path}: opens a session; only flows/sign-in/open-signed-in.ts does`)

if (import.meta.main) enforce(oneFileOpens)
