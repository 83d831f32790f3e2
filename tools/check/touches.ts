import { enforce, isTest } from '../sources.ts'
import type { Rule } from '../sources.ts'

/** What a folder may not touch, by the words that reveal it. */
const touches: readonly {
  readonly where: RegExp
  readonly never: RegExp
  readonly rule: string
}[] = [
  {
    where: /^packages\/server\/src\/(?!index\.ts|cli\/|config\/)/,
    never: /process\.env/,
    rule: 'only config reads the environment; the layers above get values',
  },
  {
    where:
      /^packages\/(core\/src|client\/src|server\/src\/(flows|stores|model|views))\/(?!(lib\/)?(next|server-rendering|testing)[./])/,
    never: /Date\.now|new Date\(\)/,
    rule: 'reads the clock; take the time as an argument',
  },
  {
    where: /^packages\/server\/src\/(endpoints|flows|http|model|views|routes)\//,
    never: /from 'kysely'|node:sqlite/,
    rule: 'only stores and the database speak SQL',
  },
  {
    where: /^packages\/server\/src\//,
    never:
      /header\('(authorization|cookie|origin|sec-fetch-site|x-xsrf-token|keyhaven-background)'\)|www-authenticate/i,
    rule: 'reads credentials and writes challenges by @keyhaven/guard/kit, so that service and guard do alike',
  },
  {
    where: /^packages\/server\/src\/(?!events\/|stores\/audit\/)/,
    never: /\bappendAudits?\b/,
    rule: 'writes an audit row; call happened (events/happened.ts), so that the table of events holds',
  },
  {
    where: /^packages\/client\/src\/(?!lib\/tabs\/wish\.ts$)/,
    never: /localStorage|sessionStorage|indexedDB/,
    rule: 'the client stores nothing but an unanswered sign-out, in lib/tabs/wish.ts',
  },
  {
    where: /^packages\/client\/src\/(?!(lib\/)?(vite|testing)[./])/,
    never: /from 'node:|\bBuffer\b/,
    rule: 'runs in browsers, which have nothing of Node',
  },
  {
    where: /^packages\/client\/src\/(?!lib\/testing\/)/,
    never: /import \{[^}]*\} from '@keyhaven\/core\/errors'/,
    rule: 'takes only types from core/errors',
  },
]

/** Environment, clock, SQL, credentials and a browser's storage are touched where they belong. */
export const foldersTouchTheirOwn: Rule = (sources) =>
  sources
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, text }) =>
      touches
        .filter(({ where, never }) => where.test(path) && never.test(text))
        .map(({ rule }) => `${path}: ${rule}`),
    )

if (import.meta.main) enforce(foldersTouchTheirOwn)
