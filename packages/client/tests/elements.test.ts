import { describe, expect, it } from 'vitest'
import { formMarkup } from '@keyhaven/client/elements'

describe('@keyhaven/client/elements on a server', () => {
  it('prints each form as HTML, in its language, with its own words and ids', async () => {
    const [english, german, up, byMail] = await Promise.all([
      formMarkup('sign-in'),
      formMarkup('sign-in', {
        lang: 'de',
        id: 'second',
        words: { entry: { signIn: { act: '<b>' } } },
      }),
      formMarkup('sign-up', { minLength: 12, pages: '/konto/' }),
      formMarkup('sign-in', { mail: true }),
    ])
    expect(english).toMatch(/^<h1 class="kh-title" tabindex="-1">Sign in<\/h1><form /)
    expect(english).toContain('<label for="kh-sign-in-login" class="kh-label">')
    expect(english).toContain('href="/auth/pages/forgot"')
    expect(english).not.toContain('data-kh-act="mail"')
    expect(byMail).toContain('data-kh-act="mail"')
    expect(german).toContain('Angemeldet bleiben')
    expect(german).toContain('<span class="kh-act">&#60;b&#62;</span>')
    expect(german).not.toContain('id="kh-')
    expect(up).toContain('12 characters or more')
    expect(up).toContain('href="/konto/sign-in"')
    // No inline style or script, which a strict content security policy refuses
    expect(english + german + up).not.toMatch(/ style=| on\w+=|<script/)
  })
})
