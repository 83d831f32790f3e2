/** Vite: the development server passes the service's paths and the API's on, so a page reaches both on its own origin. */
import { createProxy } from './lib/vite/proxy.ts'
import type { ProxiedServer } from './lib/vite/proxy.ts'
import { readTargets } from './lib/vite/targets.ts'
import type { KeyhavenViteOptions } from './lib/vite/targets.ts'

export type { KeyhavenViteOptions, ProxiedServer }

/** A plugin as Vite has them. The type names no package, so every version of Vite accepts it. */
export interface VitePlugin {
  readonly name: string
  readonly apply: 'serve'
  configureServer(server: ProxiedServer): void
  configurePreviewServer(server: ProxiedServer): void
}

/**
 * Passes the service's path and `paths` on, in `vite` and `vite preview`: cookies, `Origin`, web sockets and event
 * streams reach both sides unchanged. A target that can't be reached is one line in the terminal, and 502 to the page.
 * @throws TypeError with one sentence if an option is wrong.
 */
export function keyhaven(options: KeyhavenViteOptions = {}): VitePlugin {
  const connect = createProxy(readTargets(options))
  return {
    name: 'keyhaven',
    apply: 'serve',
    configureServer: connect,
    configurePreviewServer: connect,
  }
}
