import { defineAccess } from '@keyhaven/core/access'
import { expect, it } from 'vitest'
import { createGuard } from '@keyhaven/guard'
import { startIssuer } from './test-issuer.ts'

it('a guard logs which of its scopes the issuer never grants (operator 12)', async () => {
  const issuer = await startIssuer()
  const linesOf = async (...scopes: string[]): Promise<string> => {
    const lines: string[] = []
    const access = defineAccess({ scopes, roles: {}, defaultRoles: [] })
    const guard = createGuard({ issuer: issuer.issuer, access, log: (line) => lines.push(line) })
    await guard.ready()
    // What is printed after that waits for the same promise
    await Promise.resolve()
    guard.close()
    return lines.join('\n')
  }
  expect(await linesOf('notes:read', 'notes:write', 'lists:read')).toContain(
    'the issuer does not list notes:write, lists:read, so no account gets them',
  )
  expect(await linesOf('notes:read')).not.toContain('does not list')
  issuer.close()
})
