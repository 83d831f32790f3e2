import { defineTemplate } from '../../template.ts'

/** The notice that a recovery code was used. `left` is how many are left; `link` leads to a reset. */
export const recoveryCodeUsed = defineTemplate({
  values: { at: 'time', browser: 'text', address: 'text', left: 'text', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, browser, address, left, link }) => ({
      subject: `A recovery code of your account at ${product} was used`,
      blocks: [
        { text: `A recovery code of your account at ${product} was used on ${at}.` },
        { text: `Browser: ${browser}. Network address: ${address}. Codes left: ${left}.` },
        {
          text: 'If this was not you, someone knows your password and your codes. Set a new password now. Then sign in and create new recovery codes:',
        },
        { link, label: 'Set a new password' },
        { note: 'If it was you, create new codes in time: each works once.' },
      ],
    }),
    de: ({ product, at, browser, address, left, link }) => ({
      subject: `Ein Wiederherstellungscode Ihres Kontos bei ${product} wurde benutzt`,
      blocks: [
        { text: `Am ${at} wurde ein Wiederherstellungscode Ihres Kontos bei ${product} benutzt.` },
        { text: `Browser: ${browser}. Netzwerkadresse: ${address}. Übrige Codes: ${left}.` },
        {
          text: 'Wenn Sie das nicht waren, kennt jemand Ihr Passwort und Ihre Codes. Legen Sie jetzt ein neues Passwort fest. Melden Sie sich dann an und erstellen Sie neue Wiederherstellungscodes:',
        },
        { link, label: 'Neues Passwort festlegen' },
        { note: 'Wenn Sie es waren, erstellen Sie rechtzeitig neue Codes: Jeder gilt nur einmal.' },
      ],
    }),
  },
})
