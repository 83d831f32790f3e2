import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startNginx } from '@keyhaven/stage/proxies/nginx'
import type { Nginx } from '@keyhaven/stage/proxies/nginx'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { signUp } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'

const issuer = 'https://app.example/auth'
let service: RunningService
let nginx: Nginx

beforeAll(async () => {
  service = await startService({
    url: issuer,
    environment: {
      KEYHAVEN_EMAIL_VERIFICATION: 'off',
      KEYHAVEN_ALLOWED_ORIGINS: 'https://page.example',
    },
  })
  // A cache as people set it up who think of speed alone; it obeys what answers say of themselves
  nginx = await startNginx(
    () => `location / {
      proxy_pass ${new URL(service.address).origin};
      proxy_cache answers; proxy_cache_valid any 10m; proxy_cache_key $uri$is_args$args;
      proxy_set_header X-Forwarded-Proto https;
      add_header X-Cache $upstream_cache_status always;
    }`,
    'proxy_cache_path FOLDER/cache keys_zone=answers:1m;',
  )
})
afterAll(async () => {
  await nginx?.close()
  await service?.close()
})

function ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(nginx.address + path, { headers })
}

async function newcomer(email: string): Promise<string> {
  const reached = { issuer: 'https://app.example/auth', address: `${nginx.address}/auth` }
  return (await signUp(reached, { email })).cookie
}

describe('a shared cache in front (nginx, every answer cached that allows it)', () => {
  it('never gives one user’s answer to another, nor to a request without cookies (H05, 14.2.2)', async () => {
    const cookie = await newcomer('ada@example.com')
    const other = await newcomer('bob@example.com')
    const tails = ['', '/x.css', ';x.css', '%0ax.css', '?x.css', '/..%2fx.css', '.css']
    for (const tail of tails) {
      const path = `/auth/user/current${tail}`
      const mine = await (await ask(path, { cookie })).text()
      const others = await (await ask(path, { cookie: other })).text()
      const nobodys = await ask(path)
      expect(others, tail).not.toContain('ada@example.com')
      expect(await nobodys.text(), tail).not.toContain('example.com')
      if (tail === '' || tail === '?x.css') expect(mine).toContain('ada@example.com')
      expect(nobodys.headers.get('x-cache')).not.toBe('HIT')
      expect(setCookies(nobodys)).toEqual([])
    }
  })

  it('keeps what may be cached apart by origin (X22)', async () => {
    const keys = '/auth/.well-known/jwks.json'
    const good = await ask(keys, { origin: 'https://page.example' })
    expect(good.headers.get('access-control-allow-origin')).toBe('https://page.example')
    const again = await ask(keys, { origin: 'https://page.example' })
    // The cache is real: the same page's second request is answered by it
    expect(again.headers.get('x-cache')).toBe('HIT')
    const bad = await ask(keys, { origin: 'https://evil.example' })
    expect(bad.headers.get('access-control-allow-origin')).not.toBe('https://page.example')
  })

  it('is not led by headers that no key knows (H04, H06, HTTP-2)', async () => {
    const metadata = '/auth/.well-known/oauth-authorization-server'
    const poisoned = await ask(metadata, {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-prefix': '/evil',
      'x-original-url': '/evil',
      'x-http-method-override': 'DELETE',
      'x-user-id': 'acc_1',
      accept: 'text/html',
    })
    expect(poisoned.status).toBe(200)
    const { status, headers } = await ask(metadata)
    const body = await (await ask(metadata)).text()
    expect(status).toBe(200)
    expect(body).not.toContain('evil')
    expect(headers.get('content-type')).toContain('application/json')
  })
})
