/** The same app with Svelte, which has no router of its own. */
import { mount } from 'svelte'
import Home from './home.svelte'
import { root } from './page.ts'

mount(Home, { target: root })
