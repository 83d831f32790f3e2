// @vitest-environment jsdom
import '@angular/compiler'
import {
  createEnvironmentInjector,
  Injector,
  provideZonelessChangeDetection,
  runInInjectionContext,
} from '@angular/core'
import type { EnvironmentInjector, EnvironmentProviders, Provider } from '@angular/core'
import { createApplication } from '@angular/platform-browser'
import { createAuth } from '@keyhaven/client'
import type { Auth } from '@keyhaven/client'
import { injectAuth, keyhavenGuard, provideKeyhaven } from '@keyhaven/client/angular'
import type { KeyhavenElementAttributes } from '@keyhaven/client/react'
import { useAuth as useRunes } from '@keyhaven/client/svelte'
import { createKeyhaven, guardRoute, useAuth } from '@keyhaven/client/vue'
import type { SvelteHTMLElements } from 'svelte/elements'
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { createApp, defineComponent, h } from 'vue'
import type { App, GlobalComponents } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import type { RouteLocationRaw } from 'vue-router'
import { aloneRuntime } from './alone-runtime.ts'
import { view } from './test-service.ts'

/** A store whose service knows this person, or none; `followers` counts the open subscriptions. */
function store(email?: string): { auth: Auth; calls: () => number; followers: () => number } {
  let [calls, followers, isIn] = [0, 0, email !== undefined]
  const body = { ...view, account: { ...view.account, id: email ?? '', email: email ?? '' } }
  const made = createAuth({
    runtime: {
      ...aloneRuntime,
      fetch: async (_url, init) => {
        calls += 1
        if (init?.method === 'DELETE') {
          isIn = false
          return new Response(null, { status: 204 })
        }
        const refused = { status: 401, headers: { 'content-type': 'application/problem+json' } }
        return isIn ? Response.json(body) : Response.json({ code: 'not_signed_in' }, refused)
      },
    },
  })
  const subscribe: Auth['subscribe'] = (listener) => {
    followers += 1
    const stop = made.subscribe(listener)
    return () => {
      followers -= 1
      stop()
    }
  }
  const auth = Object.defineProperties({} as Auth, {
    ...Object.getOwnPropertyDescriptors(made),
    subscribe: { value: subscribe, enumerable: true },
  })
  return { auth, calls: () => calls, followers: () => followers }
}

const Name = defineComponent(() => {
  const { state } = useAuth()
  return () => h('p', `${state.value.status} ${state.value.account?.email}`)
})
const place = (): HTMLElement => document.body.appendChild(document.createElement('main'))
const shown = (): Promise<string> =>
  vi.waitFor(() => {
    const text = document.body.textContent
    if (text.includes('loading')) throw new Error(text)
    return text
  })

/** An application of Angular without a page. */
function injector(
  providers: (Provider | EnvironmentProviders)[],
  parent: Injector = Injector.NULL,
): EnvironmentInjector {
  return createEnvironmentInjector(
    [provideZonelessChangeDetection(), ...providers],
    parent as EnvironmentInjector,
  )
}
const injected = (from: Injector): ReturnType<typeof injectAuth> =>
  runInInjectionContext(from, () => injectAuth())

const apps = new Set<App>()
const mounted = (app: App): App => {
  apps.add(app)
  app.config.warnHandler = () => {}
  app.mount(place())
  return app
}
afterEach(() => {
  for (const app of apps) app.unmount()
  apps.clear()
  document.body.replaceChildren()
})

describe('a binding without its provider', () => {
  it('names the line to write', async () => {
    expect(() => useAuth()).toThrow('useAuth: call it in <script setup> or setup().')
    const bare = createApp(Name)
    expect(() => mounted(bare)).toThrow(
      'useAuth: write app.use(createKeyhaven(auth)) before app.mount().',
    )
    apps.delete(bare)
    expect(() => useRunes(undefined as unknown as Auth)).toThrow(
      'useAuth: pass the store: useAuth(auth)',
    )
    const line = 'bootstrapApplication(App, { providers: [provideKeyhaven(auth)] })'
    const { injector: empty } = await createApplication({
      providers: [provideZonelessChangeDetection()],
    })
    expect(() => injected(empty)).toThrow(line)
    const match = async (): Promise<unknown> => keyhavenGuard()({}, [], undefined as never)
    await expect(runInInjectionContext(empty, match)).rejects.toThrow(line)
  })
  it('names it in the guard of a route too', async () => {
    const to = { fullPath: '/notes', matched: [] }
    await expect(guardRoute(store().auth, { signIn: () => '/' })(to)).rejects.toThrow(
      'guardRoute: write app.use(createKeyhaven(auth)) beside app.use(router).',
    )
  })
})

describe('two providers', () => {
  it('in two apps keep two stores apart', async () => {
    for (const email of ['ada@x', 'bo@x'])
      mounted(createApp(Name).use(createKeyhaven(store(email).auth)))
    expect(await shown()).toBe('signed-in ada@xsigned-in bo@x')
    const two = ['ada@x', 'bo@x'].map((email) =>
      injected(injector([provideKeyhaven(store(email).auth)])),
    )
    await Promise.all(two.map((one) => one.refresh()))
    expect(two.map(({ state }) => state().account?.email)).toEqual(['ada@x', 'bo@x'])
    const [ada, bo] = [useRunes(store('ada@x').auth), useRunes(store('bo@x').auth)]
    await Promise.all([ada.refresh(), bo.refresh()])
    expect([ada.state.account?.email, bo.state.account?.email]).toEqual(['ada@x', 'bo@x'])
  })
  it('in one app give the last store, and in Angular the nearest first', async () => {
    const [first, last] = [store('ada@x'), store('bo@x')]
    mounted(createApp(Name).use(createKeyhaven(first.auth)).use(createKeyhaven(last.auth)))
    expect(await shown()).toBe('signed-in bo@x')
    const outer = injector([provideKeyhaven(first.auth), provideKeyhaven(last.auth)])
    const inner = injector([provideKeyhaven(first.auth)], outer)
    await Promise.all([first.auth.refresh(), last.auth.refresh()])
    expect(injected(outer).state().account?.email).toBe('bo@x')
    expect(injected(inner).state().account?.email).toBe('ada@x')
  })
  it('of one store let the guard of each app leave by the router of its own', async () => {
    const { auth } = store('ada@x')
    const routers = [1, 2].map(() => {
      const guard = guardRoute(auth, { signIn: (): RouteLocationRaw => '/sign-in' })
      const router = createRouter({
        history: createMemoryHistory(),
        routes: [
          { path: '/', component: Name },
          { path: '/sign-in', component: Name },
          { path: '/private', component: Name, beforeEnter: guard },
        ],
      })
      mounted(createApp(RouterView).use(createKeyhaven(auth)).use(router))
      return router
    })
    for (const router of routers) await router.push('/private')
    void auth.signOut()
    for (const router of routers)
      await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/sign-in'))
  })
})

describe('an app that ends, as at a hot reload', () => {
  it('ends its subscription, and the next one makes no second boot call', async () => {
    const { auth, calls, followers } = store('ada@x')
    for (const _ of [1, 2]) {
      const app = mounted(createApp(Name).use(createKeyhaven(auth)))
      const angular = injector([provideKeyhaven(auth)])
      injected(angular)
      expect(await shown()).toBe('signed-in ada@x')
      expect(injected(angular).state().account?.email).toBe('ada@x')
      expect(followers()).toBe(2)
      app.unmount()
      apps.delete(app)
      angular.destroy()
      expect(followers()).toBe(0)
    }
    expect(calls()).toBe(1)
  })
})

describe('a version outside the peer range', () => {
  it('is named, with the one that is needed', async () => {
    const old: App = Object.assign(createApp(Name), {
      version: '3.4.38',
      onUnmount: undefined as never,
    })
    expect(() => old.use(createKeyhaven(store().auth))).toThrow(
      '@keyhaven/client/vue needs Vue 3.5 or later: this is 3.4.38.',
    )
    vi.resetModules()
    vi.doMock('react', async (actual) => ({ ...(await actual<object>()), version: '17.0.2' }))
    const react = await import('@keyhaven/client/react')
    expect(() => react.useAuth()).toThrow(
      '@keyhaven/client/react needs React 18.3 or later: this is 17.0.2.',
    )
    vi.doUnmock('react')
  })
})

describe('the types of the elements', () => {
  it('are known to the templates of Vue and Svelte, and to JSX', () => {
    type Vue = InstanceType<GlobalComponents['keyhaven-account']>['$props']
    expectTypeOf<Vue['sections']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Vue['minLength']>().toEqualTypeOf<string | number | undefined>()
    expectTypeOf<Vue['auth']>().toEqualTypeOf<Auth | undefined>()
    type Svelte = SvelteHTMLElements['keyhaven-sign-in']
    expectTypeOf<Svelte['return']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Svelte>().toHaveProperty('onkeyhaven-signed-in')
    expectTypeOf<Svelte>().toHaveProperty('class')
    expectTypeOf<KeyhavenElementAttributes>().toHaveProperty('onkeyhaven-signed-in')
    expectTypeOf<Svelte['auth']>().toEqualTypeOf<KeyhavenElementAttributes['auth']>()
  })
})

describe('a guard of Vue Router', () => {
  /** An app with a private area, of which a guard admits the parent, a wrapped one every private place. */
  async function opened(at: string) {
    const { auth } = store('ada@x')
    const guard = guardRoute(auth, { signIn: (to): RouteLocationRaw => `/sign-in?to=${to}` })
    const lazy = Promise.withResolvers<typeof Name>()
    const router = createRouter({
      history: createMemoryHistory(),
      routes: [
        { path: '/', component: Name },
        { path: '/sign-in', component: Name },
        {
          path: '/area',
          component: RouterView,
          beforeEnter: guard,
          children: [
            { path: 'one', component: Name },
            { path: 'two', component: Name },
            { path: 'late', component: () => lazy.promise },
          ],
        },
        { path: '/wrapped', component: Name, meta: { isPrivate: true } },
      ],
    })
    router.beforeEach(async (to) => {
      await Promise.resolve()
      return to.meta['isPrivate'] ? guard(to) : true
    })
    mounted(createApp(RouterView).use(router).use(createKeyhaven(auth)))
    await router.push(at)
    return { auth, router, lazy }
  }
  it('leaves a child that its parent’s guard let in, and a view that a wrapped guard let in', async () => {
    for (const [first, then] of [
      ['/area/one', '/area/two?page=2'],
      ['/', '/wrapped'],
    ] as const) {
      const { auth, router } = await opened(first)
      await router.push(then)
      expect(router.currentRoute.value.fullPath).toBe(then)
      void auth.signOut()
      await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/sign-in'))
      expect(router.currentRoute.value.query['to']).toBe(then)
    }
  })
  it('leaves a public view alone, and a private one that is only about to be shown', async () => {
    const { auth, router, lazy } = await opened('/area/one')
    await router.push('/')
    const showing = router.push('/area/late')
    await vi.waitFor(() => expect(auth.state.account).toBeTruthy())
    void auth.signOut()
    await vi.waitFor(() => expect(auth.state.status).toBe('signed-out'))
    expect(router.currentRoute.value.path).toBe('/')
    lazy.resolve(Name)
    await showing
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/sign-in'))
  })
})
