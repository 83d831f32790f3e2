import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkAccess } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { errorMessage } from '@keyhaven/core/errors'
import { ConfigurationError, whyOf } from '../configuration-error.ts'

/** The access module of a service without one. */
export const noAccess: AnyAccess = { scopes: [], roles: {}, defaultRoles: [], rules: {} }

/** The access module itself, or the one at a path. */
export async function accessModule(value: unknown, folder: string): Promise<AnyAccess> {
  if (typeof value !== 'string') return checkedAccess(value, 'access')
  const path = resolve(folder, value)
  try {
    const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>
    return checkedAccess(module['access'] ?? module['default'], path)
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    throw new ConfigurationError(
      `The access module ${path} can’t be loaded (${whyOf(cause)}): correct the module, or set KEYHAVEN_ACCESS to its path.`,
      { cause },
    )
  }
}

function checkedAccess(value: unknown, place: string): AnyAccess {
  const module = value as Partial<AnyAccess> | null | undefined
  if (!(Array.isArray(module?.scopes) && module.roles && module.defaultRoles && module.rules)) {
    throw new ConfigurationError(`${place} must export \`access\`, made by defineAccess.`)
  }
  try {
    checkAccess(module)
  } catch (cause) {
    throw new ConfigurationError(errorMessage(cause), { cause })
  }
  return module as AnyAccess
}
