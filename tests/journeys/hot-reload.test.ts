import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { createServer, defaultClientConditions } from 'vite'
import type { PluginOption } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { root } from '@keyhaven/stage/processes/process'

const folder = join(root, '.work/hot-reload')
const label = 'as it was'
const view = {
  account: { href: '/accounts/1', id: '1', email: 'ada@example.com', status: 'active' },
  claims: {},
  scope: [],
  roles: [],
  xsrfToken: 'x',
  session: { id: '1', expiresIn: 600, renewIn: 400, idleExpiresIn: 600, amr: ['pwd'] },
}

/** A store that survives the edit of its module, as the guide shows it, and counts its subscriptions. */
const store = `import { createAuth } from '@keyhaven/client'
const made = import.meta.hot?.data.auth ?? createAuth()
if (import.meta.hot) import.meta.hot.data.auth = made
globalThis.followers ??= 0
export const auth = (import.meta.hot.data.counted ??= Object.defineProperties({}, {
  ...Object.getOwnPropertyDescriptors(made),
  subscribe: { enumerable: true, value: (listener) => {
    globalThis.followers += 1
    const stop = made.subscribe(listener)
    return () => { globalThis.followers -= 1; stop() }
  } },
}))
`
/** An application of each framework. Only components import \`auth.ts\`: Vite loads a page again whose first module does. */
const files = {
  'index.html': '<main></main><main></main><script type="module" src="page.ts"></script>',
  'vue.html': '<main></main><script type="module" src="vue-page.ts"></script>',
  'auth.ts': store,
  'vue-auth.ts': store,
  // Not vue.ts: Vite would take it for the package
  'vue-page.ts': `import { createKeyhaven } from '@keyhaven/client/vue'
import { createApp } from 'vue'
import Vue from './Vue.vue'
import { auth } from './vue-auth.ts'
createApp(Vue).use(createKeyhaven(auth)).mount('main')
`,
  'page.ts': `import { mount } from 'svelte'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import Svelte from './Svelte.svelte'
import { React } from './React.tsx'
const [first, second] = document.querySelectorAll('main')
mount(Svelte, { target: first })
createRoot(second).render(createElement(React))
`,
  'Svelte.svelte': `<script>
import { useAuth } from '@keyhaven/client/svelte'
import { auth } from './auth.ts'
const user = useAuth(auth)
</script>
<p>svelte ${label} {user.state.account?.email}</p>
`,
  'React.tsx': `import { AuthProvider, useAuth } from '@keyhaven/client/react'
import { auth } from './auth.ts'
const Face = () => <p>react ${label} {useAuth().state.account?.email}</p>
export const React = () => <AuthProvider auth={auth}><Face /></AuthProvider>
`,
  'Vue.vue': `<script setup>
import { useAuth } from '@keyhaven/client/vue'
const { state } = useAuth()
</script>
<template><p>vue ${label} {{ state.account?.email }}</p></template>
`,
} as const

const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}
/** Changes a file as an editor does. */
const edit = (name: keyof typeof files, from: string, to: string): void =>
  write(name, readFileSync(join(folder, name), 'utf8').replace(from, to))
const plugin = async (name: string, exported = 'default'): Promise<PluginOption> => {
  const found = (await import(name)) as Readonly<Record<string, () => PluginOption>>
  return found[exported]?.()
}

let calls = 0
let server: Awaited<ReturnType<typeof createServer>>
let browser: Awaited<ReturnType<typeof launchChromium>>
beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) write(name, text)
  server = await createServer({
    root: folder,
    configFile: false,
    cacheDir: join(root, '.work/hot-reload-packages'),
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0, fs: { allow: [root] } },
    resolve: { conditions: ['keyhaven-source', ...defaultClientConditions] },
    optimizeDeps: {
      noDiscovery: true,
      include: ['react', 'react-dom/client', 'react/jsx-dev-runtime', 'vue', 'svelte'],
    },
    plugins: [
      await plugin('@vitejs/plugin-react'),
      await plugin('@vitejs/plugin-vue'),
      await plugin('@sveltejs/vite-plugin-svelte', 'svelte'),
      {
        name: 'service',
        configureServer: ({ middlewares }) => {
          middlewares.use('/auth/user/current', (_request, response) => {
            calls += 1
            response.setHeader('content-type', 'application/json').end(JSON.stringify(view))
          })
        },
      },
    ],
  })
  await server.listen()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const shows = (tab: Page, words: string): Promise<unknown> =>
  tab.waitForFunction((wanted) => document.body.innerText.includes(wanted), words)
const followers = (tab: Page): Promise<unknown> => tab.evaluate('followers')

it('an edited component or store keeps its person without another boot call, and ends its former subscription', async () => {
  const [origin = ''] = server.resolvedUrls?.local ?? []
  const [tab, vue] = [await browser.newPage(), await browser.newPage()]
  await Promise.all([tab.goto(origin), vue.goto(`${origin}vue.html`)])
  await shows(tab, `svelte ${label} ada@example.com`)
  await shows(tab, `react ${label} ada@example.com`)
  await shows(vue, `vue ${label} ada@example.com`)
  for (const one of [tab, vue]) await one.evaluate('globalThis.isSamePage = true')
  const before = calls
  for (const name of ['Svelte.svelte', 'React.tsx', 'Vue.vue'] as const) edit(name, label, 'edited')
  await shows(vue, 'vue edited ada@example.com')
  await shows(tab, 'react edited ada@example.com')
  await shows(tab, 'svelte edited ada@example.com')
  // Both at once: the new component reads the new module
  edit('auth.ts', 'createAuth()', 'createAuth({ warnBefore: 60 })')
  edit('Svelte.svelte', 'edited', 'edited twice')
  await shows(tab, 'svelte edited twice ada@example.com')
  await shows(tab, 'react edited ada@example.com')
  await expect.poll(() => followers(tab)).toBe(2)
  expect(await followers(vue)).toBe(1)
  for (const one of [tab, vue]) expect(await one.evaluate('globalThis.isSamePage')).toBe(true)
  expect([before, calls]).toEqual([2, 2])
})
