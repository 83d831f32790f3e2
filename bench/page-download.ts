/** T10: the download of the client for a page, compared with other clients, in bytes of minified gzip. */
import { bundleSize, ours } from '../tools/bundle-size.ts'
import { verdict } from './lib/measure.ts'

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

const sizes: Record<string, number> = {}
for (const [name, contents] of Object.entries({ ...ours, ...peers })) {
  sizes[name] = await bundleSize(contents, ['react', 'react-dom'])
}
const { core = 0, react = 0, ...others } = sizes
console.log('\nT10 bytes, min + gzip')
console.log(`  ${'keyhaven'.padEnd(24)}${String(core).padStart(8)}`)
console.log(`  ${'keyhaven with React'.padEnd(24)}${String(react).padStart(8)}`)
for (const [name, size] of Object.entries(others)) {
  console.log(`  ${name.padEnd(24)}${String(size).padStart(8)}`)
}
const common = { unit: 'bytes', limit: 0, peers: others }
verdict({ target: 'T10 core', ours: core, goal: 3500, ...common, holds: core <= 3500 })
const more = react - core
verdict({ target: 'T10 React entry', ours: more, goal: 800, ...common, holds: more <= 800 })
