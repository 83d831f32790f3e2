import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { mailPlace, mailSender } from './place.ts'

describe('mailPlace', () => {
  it.each([
    ['none', 'none'],
    ['mailbox', 'mailbox'],
    ['smtp://mail.example', { host: 'mail.example', port: 587, tls: 'required', login: undefined }],
    ['smtp://mail.example:25?tls=off', { host: 'mail.example', port: 25, tls: 'off' }],
    ['smtps://mail.example', { port: 465, tls: 'implicit' }],
    ['smtp://localhost:1025', { port: 1025, tls: 'offered' }],
    ['smtp://[::1]:1025', { host: '::1', tls: 'offered' }],
  ])('requires STARTTLS off loopback: %s', (url, place) => {
    const parsed = mailPlace(url)
    if (typeof place === 'string') expect(parsed).toBe(place)
    else expect(parsed).toMatchObject(place)
  })
  it.each([
    'http://mail.example',
    'mail.example:587',
    'smtp://',
    'smtp://mail.example/path',
    'smtp://mail.example#fragment',
    'smtp://mail.example:0',
    'smtp://mail.example?tls=on',
    'smtp://mail.example?tls=off&tls=off',
    'smtp://mail.example?starttls=off',
    'smtps://mail.example?tls=off',
    'smtp://ada@mail.example',
    'smtp://:pw@mail.example',
    'smtp://ada:p%w@mail.example',
  ])('refuses %s and quotes nothing of it', (url) => {
    expect(() => mailPlace(url)).toThrow(/^(must|may) (?!.*mail\.example)/)
  })
  it('hides the password wherever it is printed', () => {
    const hidden = 'p@ss/word'
    const place = mailPlace(`smtp://ada:${encodeURIComponent(hidden)}@mail.example`)
    const { login } = place as { login: { user: string; password: { reveal(): string } } }
    expect([login.user, login.password.reveal()]).toEqual(['ada', hidden])
    for (const text of [inspect(place, { depth: 9 }), JSON.stringify(place)]) {
      expect(text).not.toContain(hidden)
      expect(text).not.toContain(encodeURIComponent(hidden))
    }
  })
})

describe('mailSender', () => {
  it.each([
    ['Example <no-reply@app.example>', { name: 'Example', address: 'no-reply@app.example' }],
    ['"Ex, Ample" <no-reply@app.example>', { name: 'Ex, Ample', address: 'no-reply@app.example' }],
    ['no-reply@app.example', { name: '', address: 'no-reply@app.example' }],
  ])('parses %s', (text, sender) => {
    expect(mailSender(text)).toEqual(sender)
  })
  it.each([
    'Example',
    'a@b, c@d',
    'Example <a@b> <c@d>',
    'a b@c',
    'Ex\nBcc: evil@example.com <a@b>',
  ])('refuses %j', (text) => {
    expect(() => mailSender(text)).toThrow('must be an address such as')
  })
})
