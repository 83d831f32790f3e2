import { defineTemplate } from '../../template.ts'

/** The notice that a user has replaced their recovery codes. `link` leads to a reset. */
export const recoveryCodesRenewed = defineTemplate({
  values: { at: 'time', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, link }) => ({
      subject: `New recovery codes for your account at ${product}`,
      blocks: [
        {
          text: `Your account at ${product} got new recovery codes on ${at}. The former ones no longer work. All other devices were signed out.`,
        },
        { text: 'If this was not you, set a new password now. Then contact support:' },
        { link, label: 'Set a new password' },
        { note: 'If it was you, you need to do nothing.' },
      ],
    }),
    de: ({ product, at, link }) => ({
      subject: `Neue Wiederherstellungscodes für Ihr Konto bei ${product}`,
      blocks: [
        {
          text: `Ihr Konto bei ${product} hat am ${at} neue Wiederherstellungscodes bekommen. Die bisherigen gelten nicht mehr. Alle anderen Geräte wurden abgemeldet.`,
        },
        {
          text: 'Wenn Sie das nicht waren, legen Sie jetzt ein neues Passwort fest. Wenden Sie sich dann an den Support:',
        },
        { link, label: 'Neues Passwort festlegen' },
        { note: 'Wenn Sie es waren, müssen Sie nichts tun.' },
      ],
    }),
  },
})
