import { existsSync } from 'node:fs'
// Not imported by name, because bundlers declare `createRequire` in their banners
import nodeModule from 'node:module'
import { ConfigurationError } from '../config/configuration-error.ts'
import { passwordList } from './hashes/common-passwords.ts'
import { hashWorker } from './hashes/hash-pool.ts'

/**
 * Checks that files exist which are first needed long after the start: the list of common passwords
 * and the scripts of the hashing threads. Bundlers include code but not these files.
 * @throws ConfigurationError with one sentence that states what to do.
 */
export function provePackage(): void {
  prove('its list of common passwords', () => requireFile(passwordList()))
  prove('the script of its hashing threads', () => requireFile(hashWorker()))
  prove('@node-rs/argon2 with its binary for this platform', () =>
    nodeModule.createRequire(hashWorker())('@node-rs/argon2'),
  )
}

function requireFile(file: URL): void {
  if (!existsSync(file)) throw new Error('There is no such file.')
}

function prove(what: string, work: () => unknown): void {
  try {
    work()
  } catch (cause) {
    throw new ConfigurationError(
      `@keyhaven/server can’t find ${what}: keep @keyhaven/server out of the bundle (esbuild: --external:@keyhaven/server; other bundlers have an option of the same name) and install it beside it.`,
      { cause },
    )
  }
}
