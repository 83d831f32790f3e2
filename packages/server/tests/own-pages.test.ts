import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KeyhavenOptions } from '@keyhaven/server'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-brand-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What drawing programs write, all of it harmless. */
const harmless = `\uFEFF<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by hand: <script> -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
  xmlns:ink="http://www.inkscape.org/namespaces/inkscape" ink:export-filename="C:\\l.png" viewBox="0 0 9 9">
  <title>Notes (&#169; us) &amp; more</title>
  <style><![CDATA[ .a { fill: url(#g) } ]]></style><defs><linearGradient id="g"/></defs>
  <path class="a" style="mask:url('#m')" d="M0 0h9v9z"/><use xlink:href="#g"/>
  <image href="data:image/png;base64,AAAA" width="1" height="1"/></svg>`

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(64, 7)])

/** Pages that the service has, and those that come with the provider. */
const pages =
  'sign-in sign-up verify forgot reset email-change erasure deny account second-factor step-up signed-out'.split(
    ' ',
  )
const later = ['consent', 'device']

describe('the pages of a service', () => {
  const data = newFolder()
  const hostile = '<script>alert(1)</script> & "Notes" %mount%'
  let service: Service
  let visit: (path: string, method?: string) => Promise<Response>
  const open = async (brand?: KeyhavenOptions['brand']) => {
    service = await serve(data, brand === undefined ? {} : { brand })
    visit = (path, method = 'GET') =>
      fetch(`${service.address}/pages${path}`, { method, redirect: 'manual' })
  }
  /** The address of a file that a page names. */
  const named = async (file: string): Promise<string> => {
    const html = await (await visit('/sign-in')).text()
    return new RegExp(`"(${file}[^"]*)"`).exec(html)?.[1] ?? ''
  }

  beforeAll(() => {
    writeFileSync(join(folder, 'l.svg'), harmless)
    const brand = { name: hostile, logo: 'l.svg', colours: { accent: '#7a5cff' } }
    writeFileSync(join(folder, 'brand.json'), JSON.stringify(brand))
    return open(join(folder, 'brand.json'))
  })
  afterAll(async () => {
    await service?.close()
    rmSync(data, { recursive: true, force: true })
  })

  it('may load and call nothing but their own service, in no frame (H31, AS-8)', async () => {
    for (const page of pages) {
      const response = await visit(`/${page}`)
      expect([page, response.status]).toEqual([page, 200])
      const { issuer } = service
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': [
          "default-src 'none'",
          `script-src ${issuer}/pages/`,
          `style-src ${issuer}/pages/`,
          `connect-src ${issuer}/`,
          `img-src ${issuer}/pages/ data:`,
          `font-src ${issuer}/pages/`,
          "base-uri 'none'",
          `form-action ${issuer}/`,
          "frame-ancestors 'none'",
        ].join('; '),
        'cross-origin-opener-policy': 'noopener-allow-popups',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      })
      expect(await response.text()).toMatch(/^<!doctype html>\n<html\b/)
    }
  })
  it('have the name of the brand as text, and no placeholder is left', async () => {
    const html = await (await visit('/sign-in')).text()
    const name = '&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;Notes&#34; %mount%'
    expect(html).toContain(`<title>${name}</title>`)
    expect(html).not.toContain('<script>')
    expect(html.replaceAll(name, '')).not.toMatch(/%[\w.-]+%/)
  })
  it('are answered to GET and HEAD only, and their folder leads to the sign-in', async () => {
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await visit('/sign-in', method)).status).toBe(404)
    const head = await visit('/sign-in', 'HEAD')
    expect([head.status, await head.text()]).toEqual([200, ''])
    for (const path of ['', '/']) {
      const to = await visit(`${path}?return=/notes`)
      const location = new URL(to.headers.get('location') ?? '', to.url).pathname
      expect([to.status, location]).toEqual([302, '/auth/pages/sign-in'])
      expect(to.headers.get('location')).toMatch(/sign-in\?return=\/notes$/)
    }
    for (const path of [
      '/none',
      '/sign-in/',
      '/sign-in.html',
      '/mark.svg',
      '/../package.json',
      's',
    ])
      expect([path, (await visit(path)).status]).toEqual([path, 404])
  })
  it('of a host that is the service’s alone lead on to the application', async () => {
    const application = 'https://app.example'
    const own = newFolder()
    const url = 'https://auth.example/auth'
    const rest = { mail: 'none', emailVerification: 'off', allowedOrigins: [application] } as const
    const alone = await serve(own, { url, ...rest })
    const root = await fetch(new URL('/', alone.address), { redirect: 'manual' })
    expect([root.status, root.headers.get('location')]).toEqual([302, `${application}/`])
    await alone.close()
    rmSync(own, { recursive: true, force: true })
  })
  it('do not include those of the provider yet', async () => {
    for (const page of later) expect([page, (await visit(`/${page}`)).status]).toEqual([page, 404])
  })
  it('serve the logo as a picture that can do nothing (H31)', async () => {
    const path = await named('brand-logo')
    const logo = await visit(`/${path}`)
    expect(Object.fromEntries(logo.headers)).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=31536000, immutable',
    })
    expect(await logo.text()).toBe(harmless.replace('\uFEFF', ''))
    // Another version than the one that is named may be changed by the next start
    for (const other of ['/brand-logo', '/brand-logo?v=x', '/brand.css'])
      expect((await visit(other)).headers.get('cache-control')).toBe('no-cache')
  })
  it('have the colours that come of the accent', async () => {
    const style = await visit(`/${await named('brand.css')}`)
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
    const css = await style.text()
    expect(css).toMatch(/^:root\{--kh-accent:light-dark\(oklch\([\d. ]+\), oklch\([\d. ]+\)\);/)
    for (const token of ['accent-hover', 'on-accent', 'accent-text', 'accent-soft', 'focus'])
      expect(css).toContain(`--kh-${token}:light-dark(`)
  })
  it('show a PNG as it is, and the mark of the product in the accent without a logo', async () => {
    const before = await (await visit('/brand-logo')).text()
    await service.close()
    writeFileSync(join(folder, 'l.png'), png)
    await open({ name: 'Notes', logo: join(folder, 'l.png') })
    const logo = await visit('/brand-logo')
    expect(logo.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await logo.arrayBuffer()).equals(png)).toBe(true)
    expect(await (await visit('/brand.css')).text()).toBe('')
    await service.close()
    await open({ name: 'N'.repeat(80), colours: { accent: '#7a5cff' } })
    expect(await (await visit('/sign-in')).text()).toContain(`<title>${'N'.repeat(80)}</title>`)
    const tinted = await (await visit('/brand-logo')).text()
    expect(tinted).toContain('fill: oklch(')
    expect(tinted).not.toBe(before)
  })
  it('are the product’s own without a brand', async () => {
    await service.close()
    await open()
    const html = await (await visit('/sign-in')).text()
    expect(html).toContain('<title>Keyhaven</title>')
    expect(html).not.toContain('brand.css')
    const mark = await visit(`/${await named('brand-logo')}`)
    expect(mark.headers.get('content-security-policy')).toBe('sandbox')
    expect(await mark.text()).toContain('fill: #0c6b63')
    expect(await (await visit('/brand.css')).text()).toBe('')
  })
})
