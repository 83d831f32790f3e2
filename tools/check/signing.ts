import { enforce, isTest } from '../sources.ts'
import type { Rule } from '../sources.ts'

/** What signs a token: our function, and the ways of Node that it could be written anew with. */
const signs =
  /\b(issueAccessToken|signWith|createSign)\b|\bsubtle\.sign\b|import \{[^}]*\bsign\b[^}]*\} from '(node:)?crypto'|\bcrypto\.sign\(/

/** The format of a token, and the flow that issues one. */
const may: ReadonlySet<string> = new Set([
  'packages/core/src/index.ts',
  'packages/core/src/lib/token/algorithms.ts',
  'packages/core/src/lib/token/issue-access-token.ts',
  'packages/server/src/flows/tokens/issue.ts',
])

/** A token that is signed elsewhere may have no record, so that no revocation would find it. */
export const oneFileSigns: Rule = (sources) =>
  sources
    .filter(({ path }) => /^packages\/(core|guard|client|server)\/src\//.test(path))
    .filter(({ path, text }) => !isTest(path) && !may.has(path) && signs.test(text))
    .map(({ path }) => `${path}: signs; only flows/tokens/issue.ts issues tokens`)

if (import.meta.main) enforce(oneFileSigns)
