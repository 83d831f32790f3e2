import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { databaseIn } from '../../../tests/stage/databases.ts'
import { createKeyhaven } from './index.ts'
import { testLog } from './log.suite.ts'

interface Described {
  readonly openapi: string
  readonly paths: Record<
    string,
    Record<
      string,
      { description: string; requestBody?: unknown; responses: Record<string, unknown> }
    >
  >
}

describe('GET /openapi.json', () => {
  it('describes every call of the contract, who may make it, and its answers', async () => {
    const data = mkdtempSync(join(tmpdir(), 'keyhaven-openapi-'))
    const log = testLog()
    const environment = { NODE_ENV: 'test' }
    const keyhaven = await createKeyhaven({
      data,
      folder: data,
      database: await databaseIn(data),
      environment,
      log,
    })
    const response = await keyhaven.handler(new Request(`${keyhaven.issuer}/openapi.json`))
    const { openapi, paths } = (await response.json()) as Described
    expect(openapi).toBe('3.1.0')
    const calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(calls).toEqual(
      expect.arrayContaining([
        'POST /accounts',
        'POST /sessions',
        'GET /user/current',
        'POST /sessions/current/renew',
        'DELETE /sessions/current',
        'GET /sessions',
        'DELETE /sessions/{id}',
        'DELETE /sessions',
        'GET /accounts/{id}',
        'PATCH /accounts/{id}',
        'PUT /accounts/{id}/password',
        'GET /.well-known/jwks.json',
        'GET /.well-known/oauth-authorization-server',
        'GET /sessions/current/events',
        'GET /health/live',
        'GET /health/ready',
        'GET /accounts',
        'GET /accounts/{id}/sessions',
        'DELETE /accounts/{id}/sessions',
        'PUT /accounts/{id}/roles/{role}',
        'DELETE /accounts/{id}/roles/{role}',
        'GET /tokens',
        'DELETE /tokens/{jti}',
        'GET /audit',
        'GET /guards',
        'GET /revocations',
        'POST /revocations/applied',
        'GET /metrics',
        'GET /keys',
        'POST /keys',
      ]),
    )
    for (const methods of Object.values(paths)) {
      for (const { description, responses } of Object.values(methods)) {
        expect(description).toMatch(/\.$/)
        expect(Object.keys(responses)).toContain('default')
      }
    }
    expect(JSON.stringify(paths['/sessions']?.['post']?.requestBody)).toContain(
      '"additionalProperties":false',
    )
    await keyhaven.close()
    rmSync(data, { recursive: true })
  })
})
