import { defineTemplate } from '../../template.ts'

/** The notice of a sign-in on a browser that the account does not know. `link` denies it. */
export const newDevice = defineTemplate({
  values: { at: 'time', browser: 'text', address: 'text', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, browser, address, link }) => ({
      subject: `New sign-in to ${product}`,
      blocks: [
        { text: `Your account at ${product} was used on a new device on ${at}.` },
        { text: `Browser: ${browser}. Network address: ${address}.` },
        { text: 'If this was not you, sign that device out:' },
        { link, label: 'This wasn’t me' },
        { note: 'If it was you, you need to do nothing. The link works for 7 days.' },
      ],
    }),
    de: ({ product, at, browser, address, link }) => ({
      subject: `Neue Anmeldung bei ${product}`,
      blocks: [
        { text: `Ihr Konto bei ${product} wurde am ${at} auf einem neuen Gerät verwendet.` },
        { text: `Browser: ${browser}. Netzwerkadresse: ${address}.` },
        { text: 'Wenn Sie das nicht waren, melden Sie dieses Gerät ab:' },
        { link, label: 'Das war ich nicht' },
        { note: 'Wenn Sie es waren, müssen Sie nichts tun. Der Link gilt 7 Tage.' },
      ],
    }),
  },
})
