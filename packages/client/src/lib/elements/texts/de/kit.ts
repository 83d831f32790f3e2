import type { KitWords } from '../en/kit.ts'

/** Words that several forms share, in German. */
export const kit: KitWords = {
  goOn: 'Weiter',
  goBack: 'Zurück',
  cancel: 'Abbrechen',
  close: 'Schließen',
  email: 'E-Mail',
  code: 'Code',
  codeHelp:
    'Acht Zeichen, in derselben Mail wie der Link. Er gilt in dem Browser, in dem die Mail angefordert wurde.',
  password: 'Passwort',
  newPassword: 'Neues Passwort',
  show: 'Anzeigen',
  hide: 'Verbergen',
  showPassword: 'Passwort anzeigen',
  hidePassword: 'Passwort verbergen',
  optional: '(optional)',
  rules: {
    length: (least) => `Mindestens ${least} Zeichen`,
    personal: 'Nicht Ihre E-Mail',
    met: 'erfüllt',
  },
  missing: {
    email: 'Geben Sie Ihre E-Mail-Adresse ein.',
    code: 'Geben Sie den Code ein.',
    password: 'Geben Sie ein Passwort ein.',
  },
  problems: {
    weak_password:
      'Dieses Passwort ist zu kurz, leicht zu erraten, Ihr Name oder Ihre Adresse: wählen Sie ein anderes.',
    breached_password: 'Dieses Passwort ist aus einem Datenleck bekannt: wählen Sie ein anderes.',
    invalid_credentials:
      'Adresse oder Benutzername und Passwort passen nicht zusammen. Prüfen Sie beides, dann versuchen Sie es noch einmal.',
    email_unverified:
      'Bestätigen Sie zuerst Ihre Adresse: der Link steht in der Mail, die Sie bei der Registrierung bekommen haben.',
    account_locked: 'Dieses Konto ist gesperrt: wenden Sie sich an den Support.',
    password_change_required:
      'Dieses Passwort muss ersetzt werden: eine Mail mit einem Link dafür ist unterwegs.',
    link_invalid: 'Dieser Code ist nicht richtig oder gilt nicht mehr. Prüfen Sie ihn.',
    link_expired: 'Dieser Code ist abgelaufen.',
    link_elsewhere:
      'Dieser Browser ist nicht bei dem Konto angemeldet, das die Adresse bekommt: melden Sie sich zuerst an.',
    conflict: 'Diese Adresse hat inzwischen ein anderes Konto: wählen Sie eine andere.',
    rate_limited:
      'Das waren zu viele Versuche: warten Sie etwas, dann versuchen Sie es noch einmal.',
    passkey_cancelled:
      'Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal, oder verwenden Sie einen anderen Weg.',
    passkey_unsupported:
      'Dieser Browser oder dieses Gerät kann hier keine Passkeys verwenden. Verwenden Sie einen anderen Weg.',
    passkey_exists: 'Auf diesem Gerät ist schon ein Passkey für Ihr Konto.',
    unavailable:
      'Der Dienst ist gerade nicht erreichbar. Prüfen Sie die Verbindung, dann versuchen Sie es noch einmal.',
  },
  problem: 'Das hat nicht geklappt. Versuchen Sie es noch einmal.',
  working: 'Einen Moment …',
  mailAgain: 'Neue Mail senden',
  offline:
    'Keine Verbindung zum Dienst. Prüfen Sie die Verbindung, dann versuchen Sie es noch einmal.',
  tryAgain: 'Noch einmal versuchen',
  noService: (url) =>
    `Unter ${url} antwortet kein Keyhaven-Dienst. Starten Sie ihn, leiten Sie den Pfad an ihn weiter, oder setzen Sie das Attribut „url“ dieses Elements.`,
}
