import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { MailMessage } from '@keyhaven/server'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { newPerson, password } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const folders: string[] = []
const services: Service[] = []
afterEach(async () => {
  for (const one of services.splice(0)) await one.close()
})
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true })
})

type Files = Readonly<Record<string, string | Uint8Array>>

interface Sending {
  readonly files?: Files
  readonly from?: string
  readonly send?: (message: MailMessage) => Promise<void>
}

/** A service of an app that sends its mails by itself, with texts of the operator. */
async function start({ files = {}, from = 'Notes <n@notes.example>', send }: Sending) {
  const data = newFolder()
  const texts = join(newFolder(), 'texts')
  folders.push(data, texts)
  mkdirSync(texts)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(texts, name), text)
  const sent: MailMessage[] = []
  const service = await serve(data, {
    mailFrom: from,
    mailTemplates: texts,
    sendMail: async (message) => {
      await send?.(message)
      sent.push(message)
    },
  })
  services.push(service)
  return { service, sent }
}

async function notice(how: Sending): Promise<MailMessage | undefined> {
  const { service, sent } = await start(how)
  const ada = await newPerson(service)
  await ada.ask(`PUT /accounts/${ada.id}/password`, { current: password, password })
  await until('it is sent', () => sent.length > 0)
  return sent[0]
}

describe('the texts of an operator', () => {
  it('replace ours file by file, with values escaped in HTML and without line breaks', async () => {
    const message = await notice({
      from: 'N <b>&"\' <n@notes.example>'.replace('<b>', ''),
      files: {
        'password-changed.en.subject': 'News of {{product}}\n',
        'password-changed.en.html':
          '<p title="{{ product }}">{{at}} <a href="{{link}}">here</a></p>',
        '.hidden': '{{nothing}}',
      },
    })
    expect(message?.subject).toBe('News of N &"\'')
    expect(message?.html).toMatch(
      /^<p title="N &#38;&#34;&#39;">\d+ \w+ 20\d\d at \d\d:\d\d UTC <a href="http:\/\/localhost:4000\/auth\/pages\/reset">here<\/a><\/p>$/,
    )
    expect(message?.text).toContain('If you did not change it, set a new password now:')
  })
  const html = 'password-changed.en.html'
  const text = 'password-changed.de.txt'
  it.each<readonly [string, Files, string]>([
    [
      'an unknown placeholder',
      { [html]: 'a\n{{link}}\n{{ name }}' },
      `${html}:3: {{name}} is unknown`,
    ],
    [
      'a placeholder of another mail',
      { [text]: '{{link}} {{code}}' },
      `${text}:1: {{code}} is unknown`,
    ],
    ['a condition', { [text]: '{{#if link}}' }, `${text}:1: {{#if link}} is unknown`],
    [
      'a placeholder without an end',
      { [text]: '{{link}}\n{{at' },
      `${text}:2: a placeholder does not end`,
    ],
    ['no link', { [html]: '<p>\nHello</p>' }, `${html}:2: {{link}} is missing`],
    ['a script', { [html]: '{{link}}\n<script>1</script>' }, `${html}:2: this element may not be`],
    [
      'a script in an attribute',
      { [html]: '{{link}}<img\nonerror=x>' },
      `${html}:1: this attribute`,
    ],
    [
      'a script in a URL',
      { [html]: '<a href=" javascript:1">{{link}}' },
      `${html}:1: this URL runs`,
    ],
    [
      'another encoding',
      { [text]: Buffer.from('{{link}}\nGr\xfc\xdfe', 'latin1') },
      `${text}:2: this is not UTF-8`,
    ],
    [
      'a control character',
      { [text]: '{{link}}\n\n\u0000' },
      `${text}:3: there is a control character`,
    ],
    [
      'a subject of two lines',
      { 'reset.en.subject': 'a\nb' },
      'reset.en.subject:2: a subject is one line',
    ],
    [
      'an unknown name',
      { 'resett.en.html': '' },
      'resett.en.html is not the name of a mail: rename it to reset.en.html',
    ],
    ['an unknown language', { 'reset.fr.html': '' }, 'reset.fr.html is not the name of a mail'],
    ['a file of another kind', { 'README.md': '' }, 'README.md is not the name of a mail'],
  ])('keep the service from starting with %s', async (_, files, sentence) => {
    await expect(start({ files })).rejects.toThrow(sentence)
  })
})

describe('sendMail of an app', () => {
  it('is called again after a failure, with the same id, and not again after a 550', async () => {
    const ids: string[] = []
    const { service, sent } = await start({
      send: async ({ id }) => {
        ids.push(id)
        if (ids.length === 1) throw new Error('the service of the app is down')
        if (ids.length === 3) throw Object.assign(new Error('no such user'), { responseCode: 550 })
      },
    })
    const database = await databaseIn(service.data)
    const waiting = () => rowsIn(database, 'select id from mails where attempts = 1')
    const ada = await newPerson(service)
    const change = () =>
      ada.ask(`PUT /accounts/${ada.id}/password`, { current: password, password })
    await change()
    await until('it waits', async () => (await waiting()).length === 1)
    expect(sent).toEqual([])
    await changeIn(database, 'update mails set retry_at = 0')
    await until('it is sent', () => sent.length === 1)
    expect(ids[1]).toBe(ids[0])
    await change()
    await until('another is given up', async () => {
      return (
        (await rowsIn(database, "select id from audit where action = 'mail.given_up'")).length > 0
      )
    })
    expect(await rowsIn(database, 'select id from mails')).toEqual([])
    expect([ids.length, sent.length]).toEqual([3, 1])
  })
  it('must be a function', async () => {
    const options = { sendMail: 'smtp' } as never
    await expect(serve(newFolder(), options)).rejects.toThrow('sendMail must be a function')
  })
})
