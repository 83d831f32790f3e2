import '@keyhaven/client/elements'
import { createKeyhaven, guardRoute } from '@keyhaven/client/vue'
import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import '../../look/style.css'
import AccountView from './AccountView.vue'
import App from './App.vue'
import { auth } from './auth.ts'
import HomeView from './HomeView.vue'

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: HomeView },
    {
      path: '/account',
      component: AccountView,
      beforeEnter: guardRoute(auth, { signIn: (to) => ({ path: '/', query: { to } }) }),
    },
  ],
})

createApp(App).use(createKeyhaven(auth)).use(router).mount('#app')
