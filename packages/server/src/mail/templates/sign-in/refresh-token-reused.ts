import { defineTemplate } from '../../template.ts'

/** The notice of a session that ended because its refresh token was used twice. `link` leads to a reset. */
export const refreshTokenReused = defineTemplate({
  values: { at: 'time', device: 'text', address: 'text', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, device, address, link }) => ({
      subject: `An app was signed out of your account at ${product}`,
      blocks: [
        {
          text: `On ${at} an app was signed out of your account at ${product}, because something used a copy of its sign-in. The copy no longer works.`,
        },
        { text: `App: ${device}. Network address of the last use: ${address}.` },
        {
          text: 'You can sign in again in the app. If you lost the device, or if this happens again, set a new password, which signs out all devices:',
        },
        { link, label: 'Set a new password' },
        {
          note: 'This can also happen if the app’s data was restored from a backup. Then you need to do nothing.',
        },
      ],
    }),
    de: ({ product, at, device, address, link }) => ({
      subject: `Eine App wurde von Ihrem Konto bei ${product} abgemeldet`,
      blocks: [
        {
          text: `Am ${at} wurde eine App von Ihrem Konto bei ${product} abgemeldet, weil eine Kopie ihrer Anmeldung benutzt wurde. Die Kopie funktioniert nicht mehr.`,
        },
        { text: `App: ${device}. Netzwerkadresse der letzten Benutzung: ${address}.` },
        {
          text: 'Sie können sich in der App neu anmelden. Wenn Sie das Gerät verloren haben oder wenn das noch einmal geschieht, legen Sie ein neues Passwort fest; damit werden alle Geräte abgemeldet:',
        },
        { link, label: 'Neues Passwort festlegen' },
        {
          note: 'Das kann auch geschehen, wenn die Daten der App aus einer Sicherung kommen. Dann müssen Sie nichts tun.',
        },
      ],
    }),
  },
})
