import type { EntryWords } from '../en/entry.ts'

/** Words of sign-in and sign-up, in German. */
export const entry: EntryWords = {
  signIn: {
    title: 'Anmelden',
    login: 'E-Mail oder Benutzername',
    remember: 'Angemeldet bleiben, wenn der Browser schließt',
    missing: {
      login: 'Geben Sie Ihre E-Mail-Adresse oder Ihren Benutzernamen ein.',
      password: 'Geben Sie Ihr Passwort ein.',
    },
    act: 'Anmelden',
    doing: 'Anmeldung läuft…',
    passkey: 'Mit Passkey anmelden',
    passkeyDoing: 'Warten…',
    passkeyWrong: 'Dieser Passkey gilt hier nicht mehr. Verwenden Sie einen anderen Weg.',
    forgot: 'Passwort vergessen?',
    new: 'Noch kein Konto?',
    up: 'Registrieren',
  },
  signUp: {
    title: 'Registrieren',
    name: 'Name',
    missing: { password: 'Wählen Sie ein Passwort.' },
    act: 'Registrieren',
    doing: 'Registrierung läuft…',
    known: 'Haben Sie ein Konto?',
    in: 'Anmelden',
    pendingTitle: 'Sehen Sie in Ihre Mails',
    pending: (email) =>
      `Eine Mail mit einem Link und einem Code ist unterwegs an ${email}. Sehen Sie auch im Spam-Ordner nach.`,
    enterCode: 'Code eingeben',
    other: 'Andere Adresse verwenden',
  },
  signedIn: {
    title: 'Sie sind angemeldet',
    as: (email) => `Ihr Konto: ${email}`,
    manage: 'Konto verwalten',
    out: 'Abmelden',
    outDoing: 'Abmeldung läuft…',
  },
  signedOut: {
    title: 'Sie sind abgemeldet',
    lead: 'Auf diesem Gerät ist niemand mehr angemeldet.',
    again: 'Wieder anmelden',
  },
  byMail: {
    title: 'Per Mail anmelden',
    instead: 'Eine Mail anfordern, die Sie anmeldet',
    lead: 'Sie bekommen eine Mail mit einem Link und einem Code. Beides meldet Sie an, in diesem Browser.',
    act: 'Mail senden',
    sent: 'Wenn es zu dieser Adresse ein Konto gibt, ist eine Mail unterwegs. Sehen Sie auch im Spam-Ordner nach. Öffnen Sie ihren Link in diesem Browser, oder geben Sie ihren Code ein.',
    mailTitle: 'Mit dem Link aus Ihrer Mail anmelden',
    mailLead:
      'Drücken Sie den Knopf, um sich anzumelden. Der Link gilt einmal, in dem Browser, in dem Sie ihn angefordert haben.',
    elsewhere: 'Gehen Sie zurück zu dem Browser, in dem Sie begonnen haben',
    elsewhereLead:
      'Der Link gilt nur in dem Browser, in dem die Mail angefordert wurde. Geben Sie dort den Code aus der Mail ein. Wenn Sie hier begonnen haben, geben Sie ihn unten ein.',
    over: 'Dieser Link gilt nicht mehr',
    overLead:
      'Er gilt einmal und zehn Minuten lang. Fordern Sie eine neue Mail an, oder melden Sie sich mit Ihrem Passwort an.',
    again: 'Mit dem Passwort anmelden',
  },
}
