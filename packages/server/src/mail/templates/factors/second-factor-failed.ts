import { defineTemplate } from '../../template.ts'

/** The notice of a wrong second factor behind the right password. `link` leads to a reset. */
export const secondFactorFailed = defineTemplate({
  values: { at: 'time', browser: 'text', address: 'text', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, browser, address, link }) => ({
      subject: `Someone may know your password for ${product}`,
      blocks: [
        {
          text: `On ${at} someone entered the right password of your account at ${product}, and then a wrong second factor. They did not get in.`,
        },
        { text: `Browser: ${browser}. Network address: ${address}.` },
        { text: 'If this was not you, someone knows your password. Set a new one now:' },
        { link, label: 'Set a new password' },
        { note: 'If it was you, you need to do nothing.' },
      ],
    }),
    de: ({ product, at, browser, address, link }) => ({
      subject: `Jemand kennt vielleicht Ihr Passwort für ${product}`,
      blocks: [
        {
          text: `Am ${at} hat jemand das richtige Passwort Ihres Kontos bei ${product} eingegeben und danach einen falschen zweiten Faktor. Die Anmeldung ist nicht gelungen.`,
        },
        { text: `Browser: ${browser}. Netzwerkadresse: ${address}.` },
        {
          text: 'Wenn Sie das nicht waren, kennt jemand Ihr Passwort. Legen Sie jetzt ein neues fest:',
        },
        { link, label: 'Neues Passwort festlegen' },
        { note: 'Wenn Sie es waren, müssen Sie nichts tun.' },
      ],
    }),
  },
})
