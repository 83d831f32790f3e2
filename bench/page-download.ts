/** T10: what a page downloads of the client and its forms, and a browser of the service's pages, beside other clients. */
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { quickstart } from '../tests/packed/readme.ts'
import { bundleSize, elementSizes, frameworks, ours } from '../tools/bundle-size.ts'
import { peerFormSizes } from './lib/form-peers.ts'
import { verdict } from './lib/measure.ts'
import { keyhavenServer, loadOnEveryCore } from './lib/servers.ts'
import { visit } from './lib/visit.ts'

/** The smallest part of each that signs in, reports who is signed in, and signs out. */
const peers = {
  'better-auth': `import { createAuthClient } from 'better-auth/client'
    export const { signIn, signOut, getSession } = createAuthClient()`,
  'better-auth/react': `import { createAuthClient } from 'better-auth/react'
    export const { signIn, signOut, useSession } = createAuthClient()`,
  supabase: `import { AuthClient } from '@supabase/supabase-js'
    export const auth = new AuthClient({ url: '' })`,
  'supertokens-web-js': `import SuperTokens from 'supertokens-web-js'
    import Session from 'supertokens-web-js/recipe/session'
    import EmailPassword from 'supertokens-web-js/recipe/emailpassword'
    export { EmailPassword, Session, SuperTokens }`,
  'oidc-client-ts': `export { UserManager } from 'oidc-client-ts'`,
} as const

type Sizes = Readonly<Record<string, number>>

function print(title: string, sizes: Sizes): void {
  console.log(`\n${title}`)
  for (const [name, size] of Object.entries(sizes)) {
    console.log(`  ${name.padEnd(30)}${String(size).padStart(8)}`)
  }
}

/** Files of the first visit of one of the service's pages, as they are served and as a proxy would compress them. */
async function printPages(): Promise<void> {
  const service = await keyhavenServer()
  const browser = await launchChromium()
  const built = join(import.meta.dirname, '../packages/server/dist/pages/*.html')
  console.log('\nThe service’s pages, first visit: bytes of their files')
  for (const name of globSync(built).map((path) => basename(path, '.html'))) {
    const url = `${service.origin}/auth/pages/${name}`
    const { files, requests, calls } = await visit(browser, { url, shows: 'h1' })
    const texts = await Promise.all(
      files.map(async (file) => Buffer.from(await (await fetch(file)).arrayBuffer())),
    )
    const bytes = (change: (text: Buffer) => Buffer): string =>
      String(texts.reduce((sum, text) => sum + change(text).length, 0)).padStart(8)
    console.log(
      `  ${name.padEnd(30)}${bytes((text) => text)}, gzip${bytes((text) => gzipSync(text))}, brotli${bytes((text) => brotliCompressSync(text))}, ${requests} requests, ${calls} of them calls`,
    )
  }
  await browser.close()
  await service.stop()
}

loadOnEveryCore()
const sizes: Record<string, number> = {}
for (const [name, contents] of Object.entries({ ...ours, ...peers })) {
  sizes[name] = await bundleSize(contents, { external: frameworks })
}
const { core = 0, react = 0, vue = 0, svelte = 0, angular = 0, native = 0, ...others } = sizes
const elements = await elementSizes()
print('T10 bytes, min + gzip', {
  keyhaven: core,
  'keyhaven with React': react,
  'keyhaven with tokens of an app': native,
  ...others,
})
print('The bindings, beyond the core and without their frameworks', {
  react: react - core,
  vue: vue - core,
  svelte: svelte - core,
  angular: angular - core,
})
print('The elements, beyond the core', {
  'the elements themselves': elements.door,
  'all parts that forms share': elements.kit,
  'the engine, in parallel': elements.engine,
  'tokens.css and elements.css': elements.style,
  ...elements.forms,
  ...Object.fromEntries(
    Object.entries(elements.words).map(([language, size]) => [`all words, ${language}`, size]),
  ),
})
print('Other clients with their forms', await peerFormSizes())
await printPages()
print('Written lines of the quickstart', quickstart())
const common = { unit: 'bytes', limit: 0, peers: others }
verdict({ target: 'T10 core', ours: core, goal: 3500, ...common, holds: core <= 3500 })
const more = react - core
verdict({ target: 'T10 React entry', ours: more, goal: 800, ...common, holds: more <= 800 })
const largest = Math.max(...Object.values(elements.forms))
verdict({ target: 'T10 form', ours: largest, goal: 1024, ...common, holds: largest <= 1024 })
