import '@angular/compiler'
import { createEnvironmentInjector, Injector, runInInjectionContext } from '@angular/core'
import type { EnvironmentInjector } from '@angular/core'
import { createAuth } from '@keyhaven/client'
import type { Auth } from '@keyhaven/client'
import { injectAuth, provideKeyhaven } from '@keyhaven/client/angular'
import { AuthProvider, useAuth as useReact } from '@keyhaven/client/react'
import { guardRoute } from '@keyhaven/client/router'
import { useAuth as useRunes } from '@keyhaven/client/svelte'
import { createKeyhaven, guardRoute as guardVue, useAuth } from '@keyhaven/client/vue'
import { createElement } from 'react'
import { renderToString as renderReact } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { createSSRApp, defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import { renderToString } from 'vue/server-renderer'
import { aloneRuntime } from './alone-runtime.ts'
import { view } from './test-service.ts'

/** A store that has no document, and counts its calls. */
function store(): { auth: Auth; calls: () => number } {
  let calls = 0
  const fetch = async (): Promise<Response> => {
    calls += 1
    return Response.json(view)
  }
  return { auth: createAuth({ runtime: { ...aloneRuntime, fetch } }), calls: () => calls }
}

type Read = Pick<Auth, 'can'> & { readonly state: Auth['state'] }
const text = ({ state, can }: Read): string =>
  `${state.status} ${state.account?.email} ${can('notes:read')}`

const Vue = defineComponent(() => {
  const { state, can } = useAuth()
  return () => h('p', text({ state: state.value, can }))
})
const React = () => createElement('p', null, text(useReact()))

/** What the server of each framework renders with this store. */
const renders: Readonly<Record<string, (auth: Auth) => Promise<string>>> = {
  react: async (auth) => renderReact(createElement(AuthProvider, { auth }, createElement(React))),
  vue: async (auth) => {
    const router = createRouter({
      history: createMemoryHistory(),
      routes: [{ path: '/', component: Vue, beforeEnter: guardVue(auth, { signIn: () => '/in' }) }],
    })
    const app = createSSRApp(RouterView).use(createKeyhaven(auth)).use(router)
    await router.push('/')
    return renderToString(app)
  },
  svelte: async (auth) => `<p>${text(useRunes(auth))}</p>`,
  angular: async (auth) => {
    const parent = Injector.NULL as EnvironmentInjector
    const injector = createEnvironmentInjector([provideKeyhaven(auth)], parent)
    return runInInjectionContext(injector, () => {
      const { state, can } = injectAuth()
      return `<p>${text({ state: state(), can })}</p>`
    })
  },
}

describe.each(Object.keys(renders))('a server that renders with %s', (name) => {
  it('renders loading, sends no call, and shows no person of another request', async () => {
    const render = renders[name] as (auth: Auth) => Promise<string>
    const { auth, calls } = store()
    expect(await render(auth)).toBe('<p>loading undefined false</p>')
    expect(calls()).toBe(0)
    // A store of a module is that of all requests: what it has learnt in one is not in the page of another
    await auth.refresh()
    expect(auth.state.account?.email).toBe(view.account.email)
    expect(await render(auth)).toBe('<p>loading undefined false</p>')
  })
})

describe('a server', () => {
  it('lets a guarded route load, which shows loading, and sends no call', async () => {
    const { auth, calls } = store()
    const state = await guardRoute(auth, { at: '/notes', signIn: () => 'sign in' })
    expect(state.status).toBe('loading')
    expect(calls()).toBe(0)
  })
  it('has no store of a page: React names the line to write', () => {
    expect(() => renderReact(createElement(React))).toThrow(
      'useAuth: on a server put <AuthProvider auth={…}> around this component.',
    )
  })
})
