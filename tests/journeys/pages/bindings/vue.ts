/** The same app with Vue and Vue Router. */
import { createKeyhaven, guardRoute, useAuth } from '@keyhaven/client/vue'
import { createApp, defineComponent, h } from 'vue'
import { createRouter, createWebHistory, RouterView } from 'vue-router'
import { access } from '../../../../examples/notes/access.ts'
import { auth, page, root } from './page.ts'

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
  return () => h('p', `secret of ${state.value.account?.email}`)
})
const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: Home },
    {
      path: '/private',
      component: Private,
      beforeEnter: guardRoute(auth, { signIn: () => '/' }),
    },
  ],
})
page.go = (to) => void router.push(to)
createApp(RouterView).use(createKeyhaven(auth)).use(router).mount(root)
