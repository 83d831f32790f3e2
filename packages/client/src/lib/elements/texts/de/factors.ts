import type { FactorsWords } from '../en/factors.ts'

/** Words of second factors, in German. */
export const factors: FactorsWords = {
  stepUp: {
    title: 'Passwort eingeben',
    lead: 'Ihre Anmeldung ist eine Weile her. Geben Sie Ihr Passwort noch einmal ein, um weiterzumachen.',
    before: 'Ihre Anmeldung ist eine Weile her.',
    missing: 'Geben Sie Ihr Passwort ein.',
    wrong: 'Dieses Passwort ist nicht richtig. Prüfen Sie es, dann versuchen Sie es noch einmal.',
    none: 'Kein Passwort, oder vergessen?',
    set: 'Per Mail eines setzen',
    done: 'Sie haben gezeigt, dass Sie es sind',
    doneLead: 'Sie können zurückgehen und tun, wofür das nötig war.',
  },
  secondFactor: {
    as: (login) => `Sie melden sich als ${login} an.`,
    until: (time) => `Zeit bis ${time}.`,
    again: 'Von vorn beginnen',
    totp: {
      title: 'Code eingeben',
      lead: 'Öffnen Sie die Authenticator-App auf Ihrem Telefon. Sie zeigt sechs Ziffern.',
      act: 'Anmelden',
      instead: 'Authenticator-App verwenden',
    },
    passkey: {
      title: 'Passkey verwenden',
      lead: 'Ihr Browser fragt nach Fingerabdruck, Gesicht oder der PIN Ihres Geräts.',
      act: 'Passkey verwenden',
      instead: 'Passkey verwenden',
    },
    recovery_code: {
      title: 'Wiederherstellungscode eingeben',
      lead: 'Geben Sie einen der Codes ein, die Sie beim Einrichten des zweiten Faktors gespeichert haben.',
      act: 'Anmelden',
      instead: 'Wiederherstellungscode verwenden',
    },
    missingCode: 'Geben Sie den Code ein, den Ihre App zeigt.',
    recoveryCode: 'Wiederherstellungscode',
    recoveryHelp: 'Zehn Buchstaben und Ziffern. Jeder Code gilt einmal.',
    wrong: 'Dieser Code ist nicht richtig. Prüfen Sie ihn, dann versuchen Sie es noch einmal.',
    wrongPasskey: 'Dieser Passkey gilt hier nicht mehr. Verwenden Sie einen anderen Weg.',
    over: 'Diese Anmeldung ist vorbei',
    overLead: 'Sie hat zu lange gedauert oder hatte zu viele falsche Codes. Beginnen Sie von vorn.',
  },
  enrol: {
    title: 'Zweiten Faktor einrichten',
    lead: 'Ihr Konto braucht ihn zusätzlich zum Passwort. Von da an reicht Ihr Passwort nicht mehr, um sich anzumelden.',
    totp: 'Authenticator-App verwenden',
    passkey: 'Passkey anlegen',
    mailTitle: 'Sehen Sie in Ihre Mails',
    mailLead:
      'Mit diesem Browser haben Sie sich noch nie angemeldet. Eine Mail mit einem Code ist unterwegs.',
    mailHelp: 'Sehen Sie auch im Spam-Ordner nach.',
    mailAct: 'Weiter',
    mailSent: 'Eine neue Mail ist unterwegs.',
    appTitle: 'Authenticator-App einrichten',
    appLead:
      'Scannen Sie das Bild mit der App, oder tippen Sie das Geheimnis dort ein. Geben Sie dann den Code ein, den sie zeigt.',
    picture: 'QR-Code des Geheimnisses darunter',
    secret: 'Geheimnis',
    here: 'Ist die App auf diesem Gerät?',
    open: 'Öffnen',
    appAct: 'App hinzufügen und anmelden',
    codes: 'Wiederherstellungscodes speichern',
    codesLead:
      'Wenn Ihnen Telefon oder Passkey fehlt, melden Sie sich mit Ihrem Passwort und einem dieser Codes an. Jeder gilt einmal. Sie werden nicht noch einmal gezeigt: bewahren Sie sie im Passwort-Manager oder auf Papier auf.',
    copy: 'Codes kopieren',
    copied: 'Die Codes sind kopiert.',
    notCopied: 'Der Browser hat es nicht erlaubt. Markieren und kopieren Sie die Codes.',
    saved: 'Ich habe sie gespeichert',
  },
}
