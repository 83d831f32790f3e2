/** Lines from zero to three faces: of the quickstart and of each example, beside peers with the same API and page. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { quickstart } from '../tests/packed/readme.ts'
import { exampleNames } from '../tools/examples/workspace.ts'
import { root } from '../tools/root.ts'
import { peerQuickstarts } from './lib/peer-quickstarts.ts'

/** Names of the sign-in in a line of an example: what is imported, the store, its state, and the elements. */
const signs =
  /keyhaven|[./]auth(\.ts)?'|\bcreateAuth\b|\bauth\b(?!\.fetch)|\b(report|signOut|signIn|returnTarget|guardRoute|SignedIn|AuthProvider|AuthState|useAuth|injectAuth)\b|\baccess\b|\bstatus\b|data-face|\binitial\b/
/** The shared parts of all pages, and settings of tools. */
const apart = /\.(css|json|d\.ts)$|node_modules/

function written(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

/** Lines of an example that it would not have without a sign-in. */
function linesOf(folder: string): number {
  const files = globSync('**/*.{ts,tsx,js,mjs,vue,svelte,html}', { cwd: join(root, folder) })
  const lines = files
    .filter((file) => !apart.test(file))
    .flatMap((file) => written(readFileSync(join(root, folder, file), 'utf8')))
  return lines.filter((line) => signs.test(line) && !/^\s*(\/\/|\/?\*)/.test(line)).length
}

function row(name: string, api: number, page: number, note: string): void {
  const numbers = [api, page, api + page].map((one) => String(one).padStart(6)).join('')
  console.log(`  ${name.padEnd(28)}${numbers}   ${note}`)
}

const { api, page } = quickstart()
console.log(`lines written, not blank: API, page, both\n`)
row('Keyhaven, the quickstart', api, page, 'forms, second factors and account included')
for (const [name, peer] of Object.entries(peerQuickstarts)) {
  const forms = peer.forms ? 'its own forms' : 'the smallest forms by hand'
  row(name, written(peer.api).length, written(peer.page).length, `${forms}; ${peer.source}`)
}
console.log(
  '\nof the examples: all lines that concern the sign-in, with account page and private route\n',
)
const ofApi = linesOf('examples/api')
for (const name of exampleNames) row(name, ofApi, linesOf(`examples/${name}`), '')
