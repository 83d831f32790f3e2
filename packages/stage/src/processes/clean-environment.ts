import { delimiter, dirname } from 'node:path'

/**
 * A new user's environment, for commands outside this checkout: this Node, and no variable of this run's npm,
 * Vitest or Keyhaven except the address of a registry.
 */
export function cleanEnvironment(): Record<string, string | undefined> {
  const registry = /^npm_config_(registry|proxy|https_proxy|http_proxy|noproxy|cafile|ca|cache)$/i
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      registry.test(name) ||
      !/^(npm_|KEYHAVEN_|NOTES_|NODE_ENV|NODE_OPTIONS|VITEST|INIT_CWD)/.test(name),
  )
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter)
  return { ...Object.fromEntries(kept), PATH: path }
}
