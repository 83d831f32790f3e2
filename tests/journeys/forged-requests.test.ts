import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import express from 'express'
import { pino } from 'pino'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { proxyTo, serveSites } from '@keyhaven/stage/proxies/https-sites'
import type { HttpsSites } from '@keyhaven/stage/proxies/https-sites'

/** What reached the app's own routes: each line is a change that somebody made. */
const changes: string[] = []
const folder = mkdtempSync(join(tmpdir(), 'keyhaven-forged-'))
let auth: Keyhaven
let server: Server
let sites: HttpsSites
let browser: Browser

beforeAll(async () => {
  auth = await createKeyhaven({
    url: 'https://app.test/auth',
    emailVerification: 'off',
    data: folder,
    folder,
    environment: { NODE_ENV: 'test' },
    log: pino({ level: 'silent' }),
  })
  const app = express()
  app.get('/', (_request, response) => void response.type('html').send('<!doctype html><p>home'))
  app.use(auth.express())
  app.use(express.json(), express.urlencoded(), express.text())
  app.all('/api/notes', (request, response) => {
    if (request.method !== 'GET') changes.push(request.method)
    response.json({ notes: [] })
  })
  server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const home = proxyTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const blank: typeof home = (_request, response) =>
    void response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title>')
  sites = await serveSites({ 'app.test': home, 'sub.app.test': blank, 'evil.test': blank })
  browser = await launchChromium(sites.flags)
})
afterAll(async () => {
  await browser?.close()
  sites?.close()
  server?.close()
  server?.closeAllConnections()
  await auth?.close()
  rmSync(folder, { recursive: true })
})

/** Everything that a page of another origin can send to the app's own routes without being asked. */
async function attack(evil: Page): Promise<readonly string[]> {
  return evil.evaluate(async () => {
    const target = 'https://app.test/api/notes'
    const read: string[] = []
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const mode of ['no-cors', 'cors'] as const) {
        for (const type of [
          'text/plain',
          'application/x-www-form-urlencoded',
          'application/json',
        ]) {
          const headers = { 'content-type': type, 'x-xsrf-token': 'guess' }
          const body = method === 'GET' ? {} : { body: '{}' }
          await fetch(target, { method, mode, credentials: 'include', headers, ...body }).then(
            (answer) => void (answer.type !== 'opaque' && read.push(`${method} ${answer.status}`)),
            () => {},
          )
        }
      }
    }
    navigator.sendBeacon(target, new Blob(['{}'], { type: 'text/plain' }))
    for (const enctype of [
      'text/plain',
      'multipart/form-data',
      'application/x-www-form-urlencoded',
    ]) {
      for (const method of ['post', 'get']) {
        const frame = document.createElement('iframe')
        frame.name = `frame-${enctype}-${method}`
        const form = document.createElement('form')
        Object.assign(form, { action: target, method, enctype, target: frame.name })
        form.innerHTML = '<input name="_method" value="DELETE"><input name="_csrf" value="x">'
        document.body.append(frame, form)
        const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
        form.submit()
        await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, 2000))])
      }
    }
    return read
  })
}

describe('forged requests to an app’s own routes, in a real browser', () => {
  it('change nothing and reveal nothing, from another site and from a sibling (X04, X11, CSRF-3)', async () => {
    const context = await browser.newContext()
    const home = await context.newPage()
    await home.goto('https://app.test/')
    const xsrf = await home.evaluate(async () => {
      const response = await fetch('/auth/accounts', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' }),
      })
      return ((await response.json()) as { xsrfToken: string }).xsrfToken
    })
    for (const hostile of ['https://evil.test/', 'https://sub.app.test/']) {
      const evil = await context.newPage()
      await evil.goto(hostile)
      expect(await attack(evil)).toEqual([])
    }
    expect(changes).toEqual([])

    const own = await home.evaluate(async (token) => {
      const post = (headers: Record<string, string>): Promise<number> =>
        fetch('/api/notes', { method: 'POST', headers }).then(({ status }) => status)
      return [await post({}), await post({ 'x-xsrf-token': token })]
    }, xsrf)
    expect(own).toEqual([403, 200])
    expect(changes).toEqual(['POST'])
    await context.close()
  })
})
