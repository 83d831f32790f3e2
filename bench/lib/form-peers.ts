import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundleSize } from '../../tools/bundle-size.ts'

/** Peers with forms bring hundreds of packages, so they are no dependencies of this checkout. */
const wanted = {
  private: true,
  dependencies: {
    '@clerk/clerk-js': '6.40.0',
    '@clerk/react': '6.18.0',
    '@clerk/ui': '1.34.0',
    '@supabase/auth-ui-react': '0.4.7',
    '@supabase/auth-ui-shared': '0.1.8',
    '@supabase/supabase-js': '2.119.1',
    react: '18.3.1',
    'react-dom': '18.3.1',
    'supertokens-auth-react': '0.51.3',
    'supertokens-web-js': '0.16.0',
  },
} as const

const folder = join(import.meta.dirname, '../../.work/form-peers')

/** Pages with the forms that a peer brings, as its guide has them. Without React itself. */
const pages = {
  supabase: `import { createClient } from '@supabase/supabase-js'
    import { Auth } from '@supabase/auth-ui-react'
    import { ThemeSupa } from '@supabase/auth-ui-shared'
    const supabase = createClient(location.origin + '/api', 'key')
    const page = <Auth supabaseClient={supabase} appearance={{ theme: ThemeSupa }} providers={[]} />`,
  supertokens: `import SuperTokens, { SuperTokensWrapper } from 'supertokens-auth-react'
    import EmailPassword from 'supertokens-auth-react/recipe/emailpassword'
    import Session from 'supertokens-auth-react/recipe/session'
    import { EmailPasswordPreBuiltUI } from 'supertokens-auth-react/recipe/emailpassword/prebuiltui'
    import { getRoutingComponent } from 'supertokens-auth-react/ui'
    SuperTokens.init({
      appInfo: { appName: 'bench', apiDomain: location.origin, websiteDomain: location.origin,
        apiBasePath: '/api', websiteBasePath: '/auth' },
      recipeList: [EmailPassword.init(), Session.init()],
    })
    const page = <SuperTokensWrapper>{getRoutingComponent([EmailPasswordPreBuiltUI])}</SuperTokensWrapper>`,
  clerk: `import { ClerkProvider, SignIn } from '@clerk/react'
    const page = <ClerkProvider publishableKey="pk_test_bench"><SignIn /></ClerkProvider>`,
} as const

/** The name of a peer that brings forms. */
export type FormPeer = keyof typeof pages

/** A page of a peer, and the folder that has its packages. */
export interface PeerPage {
  readonly name: FormPeer
  readonly contents: string
  readonly folder: string
}

/** Installs the peers at their versions, once, and returns the page of one. */
export function pageWithForms(name: FormPeer): PeerPage {
  const manifest = JSON.stringify(wanted)
  const file = join(folder, 'package.json')
  // npm writes it at the end
  const isInstalled = existsSync(join(folder, 'node_modules/.package-lock.json'))
  if (!isInstalled || readFileSync(file, 'utf8') !== manifest) {
    mkdirSync(folder, { recursive: true })
    const install = '--no-save --ignore-scripts --legacy-peer-deps --no-audit --no-fund --silent'
    writeFileSync(file, manifest)
    execFileSync('npm', ['install', ...install.split(' ')], { cwd: folder, stdio: 'inherit' })
  }
  const contents = `import { createRoot } from 'react-dom/client'
    ${pages[name]}
    createRoot(document.getElementById('root')).render(page)`
  return { name, contents, folder }
}

/** Bytes of minified gzip of each peer with its forms, without React. */
export async function peerFormSizes(): Promise<Readonly<Record<string, number>>> {
  const size = (name: FormPeer): Promise<number> =>
    bundleSize(pageWithForms(name).contents, { folder, external: ['react', 'react-dom'] })
  return {
    'Supabase with Auth UI': await size('supabase'),
    'SuperTokens with prebuilt UI': await size('supertokens'),
    'Clerk with <SignIn>': (await size('clerk')) + clerkScripts(),
  }
}

/** Clerk's React package loads these from the vendor's host: its client, and its forms with what they need. */
function clerkScripts(): number {
  const dist = join(folder, 'node_modules/@clerk')
  const ui = readFileSync(join(dist, 'ui/dist/ui.browser.js'), 'utf8')
  const [, build = ''] = /\.h=\(\)=>"(\w{6})/.exec(ui) ?? []
  const parts = ['framework', 'vendors', 'ui-common', 'signin'].flatMap((part) =>
    globSync(`ui/dist/${part}_ui_${build}_*.js`, { cwd: dist }),
  )
  if (parts.length !== 4) throw new Error(`Clerk's forms have other parts: ${parts.join(', ')}`)
  return ['clerk-js/dist/clerk.browser.js', 'ui/dist/ui.browser.js', ...parts]
    .map((file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length)
    .reduce((sum, one) => sum + one, 0)
}
