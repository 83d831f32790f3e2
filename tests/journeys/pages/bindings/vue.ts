/** The same app with Vue and Vue Router. */
import { createKeyhaven, guardRoute, useAuth } from '@keyhaven/client/vue'
import { createApp, defineComponent, h } from 'vue'
import { createRouter, createWebHistory, RouterView } from 'vue-router'
import { access } from '../../../../examples/notes/access.ts'
import { auth, page, root, toSignIn, wayBack } from './page.ts'

const Home = defineComponent(() => {
  const { state, can } = useAuth<typeof access>()
  return () => [
    h('p', `status ${state.value.status}`),
    state.value.account ? `signed in as ${state.value.account.email} ` : 'please sign in ',
    can('notes:read') ? 'may read' : 'reads nothing',
  ]
})
const Private = defineComponent(() => {
  const { state } = useAuth()
  const kept = state.value.account?.email
  return () => h('p', `secret of ${state.value.account?.email}, kept of ${kept}`)
})
const SignIn = defineComponent(() => () => h('keyhaven-sign-in', { auth, return: wayBack() }))
const Writing = defineComponent(() => () => h('p', 'write here'))
const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: Home },
    { path: '/sign-in', component: SignIn },
    {
      path: '/private',
      component: Private,
      beforeEnter: guardRoute(auth, { signIn: toSignIn }),
    },
    {
      path: '/writing',
      component: Writing,
      beforeEnter: guardRoute(
        auth,
        { signIn: toSignIn },
        { scope: 'notes:add', refused: () => '/' },
      ),
    },
  ],
})
page.go = (to) => void router.push(to)
createApp(RouterView).use(router).use(createKeyhaven(auth)).mount(root)
