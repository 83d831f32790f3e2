import type { Words } from './en.ts'

/** The words of the pages in German. */
export const de: Words = {
  goOn: 'Weiter',
  email: 'E-Mail-Adresse',
  code: 'Code',
  codeHelp:
    'Acht Zeichen, in derselben Mail wie der Link. Er gilt in dem Browser, in dem die Mail angefordert wurde.',
  newPassword: 'Neues Passwort',
  show: 'Anzeigen',
  hide: 'Verbergen',
  rules: {
    length: (least) => `Mindestens ${least} Zeichen`,
    unique: 'Sonst nirgends verwendet',
    met: 'erfüllt',
  },
  missing: {
    email: 'Geben Sie Ihre E-Mail-Adresse ein.',
    code: 'Geben Sie den Code ein.',
    password: 'Geben Sie ein Passwort ein.',
  },
  problems: {
    weak_password: 'Dieses Passwort ist zu kurz oder leicht zu erraten: wählen Sie ein anderes.',
    breached_password: 'Dieses Passwort ist aus einem Datenleck bekannt: wählen Sie ein anderes.',
    invalid_credentials: 'Adresse oder Passwort ist nicht richtig.',
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
  verify: {
    sent: 'Wenn diese Adresse noch bestätigt werden muss, ist eine Mail unterwegs. Sehen Sie auch im Spam-Ordner nach.',
    title: 'E-Mail-Adresse bestätigen',
    lead: 'Bestätigen Sie mit dem Knopf, dass diese Adresse Ihnen gehört.',
    leadCode: 'Geben Sie den Code aus der Mail ein, oder öffnen Sie den Link darin.',
    act: 'Adresse bestätigen',
    password:
      'Sie haben sich in einem anderen Browser oder auf einem anderen Gerät registriert. Wählen Sie ein Passwort; es ersetzt das dort angegebene.',
    passwordAct: 'Passwort setzen und bestätigen',
    done: 'Ihre Adresse ist bestätigt',
    signedIn: 'Sie sind angemeldet.',
    signIn: 'Melden Sie sich mit dem neuen Passwort an.',
    again: 'Geben Sie Ihre Adresse ein, um eine neue Mail zu bekommen.',
    failed:
      'Dieser Link bestätigt keine Adresse mehr. Geben Sie Ihre Adresse ein, um eine neue Mail zu bekommen.',
  },
  signIn: {
    title: 'Anmelden',
    lead: 'Geben Sie Ihre E-Mail-Adresse und Ihr Passwort ein.',
    login: 'E-Mail-Adresse oder Benutzername',
    password: 'Passwort',
    missing: {
      login: 'Geben Sie Ihre E-Mail-Adresse oder Ihren Benutzernamen ein.',
      password: 'Geben Sie Ihr Passwort ein.',
    },
    act: 'Anmelden',
    forgot: 'Passwort vergessen?',
    done: 'Sie sind angemeldet',
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
    passkey: 'Mit Passkey anmelden',
  },
  secondFactor: {
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
  olderFactor: {
    lead: 'Weisen Sie sich mit einem zweiten Faktor aus, den Ihr Konto vorher schon hatte.',
    none: 'Ich habe ihn nicht zur Hand',
    pauseTitle: 'Konto anhalten?',
    pauseLead:
      'Alle Geräte werden abgemeldet, und 7 Tage lang kann sich niemand per Mail anmelden oder ein Passwort festlegen. Mit Passwort und zweitem Faktor können Sie sich weiter anmelden.',
    pauseNote: 'Wenden Sie sich dann an den Support, der entscheidet, wem das Konto gehört.',
    pauseAct: 'Konto anhalten',
    back: 'Zurück',
    paused: 'Ihr Konto ist angehalten',
    pausedLead:
      'Alle Geräte sind abgemeldet, und 7 Tage lang kann sich niemand per Mail anmelden oder ein Passwort festlegen. Wenden Sie sich in dieser Zeit an den Support.',
  },
  enrol: {
    title: 'Zweiten Faktor einrichten',
    lead: 'Ihr Konto braucht ihn zusätzlich zum Passwort. Von da an reicht Ihr Passwort nicht mehr, um sich anzumelden.',
    totp: 'Authenticator-App verwenden',
    passkey: 'Passkey anlegen',
    mailTitle: 'Sehen Sie in Ihre Mails',
    mailLead:
      'Mit diesem Browser haben Sie sich noch nie angemeldet. Eine Mail mit einem Code ist unterwegs.',
    mailAct: 'Weiter',
    appTitle: 'Authenticator-App einrichten',
    appLead:
      'Scannen Sie das Bild mit der App, oder tippen Sie das Geheimnis dort ein. Geben Sie dann den Code ein, den sie zeigt.',
    picture: 'QR-Code des Geheimnisses darunter',
    secret: 'Geheimnis',
    appAct: 'App hinzufügen und anmelden',
    codes: 'Wiederherstellungscodes speichern',
    codesLead:
      'Ohne Telefon oder Passkey meldet Sie jeder davon einmal an. Sie werden nicht noch einmal gezeigt: bewahren Sie sie im Passwort-Manager oder auf Papier auf.',
    saved: 'Ich habe sie gespeichert',
  },
  reset: {
    sent: 'Wenn zu dieser Adresse ein Konto gehört, ist eine Mail unterwegs. Sehen Sie auch im Spam-Ordner nach.',
    request: 'Passwort vergessen?',
    requestLead:
      'Geben Sie Ihre E-Mail-Adresse ein. Sie bekommen eine Mail mit einem Link, um ein anderes Passwort zu wählen.',
    requestAct: 'Mail senden',
    title: 'Neues Passwort wählen',
    lead: 'Ihre Geräte werden abgemeldet, auch dieses.',
    leadCode: 'Geben Sie den Code aus der Mail ein, oder öffnen Sie den Link darin.',
    act: 'Passwort setzen',
    done: 'Ihr Passwort ist geändert',
    doneLead: 'Alle Geräte sind abgemeldet. Melden Sie sich mit dem neuen Passwort an.',
    failed:
      'Dieser Link gilt nicht mehr. Geben Sie Ihre Adresse ein, um eine neue Mail zu bekommen.',
  },
  emailChange: {
    title: 'Neue E-Mail-Adresse bestätigen',
    lead: 'Drücken Sie den Knopf, damit diese Adresse von jetzt an für Ihr Konto gilt.',
    leadCode: 'Geben Sie den Code aus der Mail ein, oder öffnen Sie den Link darin.',
    act: 'Adresse bestätigen',
    done: 'Ihre Adresse ist geändert',
    doneLead:
      'Melden Sie sich von jetzt an mit der neuen Adresse an. An Ihre bisherige Adresse geht eine Mail darüber.',
    elsewhere: 'Melden Sie sich an, um die Adresse zu bestätigen',
    elsewhereLead:
      'Dieser Browser ist nicht bei dem Konto angemeldet, das die Adresse bekommt. Melden Sie sich hier an und öffnen Sie den Link noch einmal, oder geben Sie den Code aus der Mail in dem Browser ein, in dem Sie die Adresse geändert haben.',
    over: 'Dieser Link gilt nicht mehr',
    overLead:
      'Er gilt einmal und eine Stunde lang. Ändern Sie die Adresse in Ihrem Konto noch einmal.',
    undoTitle: 'Diese Adresse wiederherstellen?',
    undoLead:
      'Ihr Konto bekommt die Adresse zurück, an die der Link ging. Alle Geräte werden abgemeldet, und Sie wählen ein neues Passwort.',
    undoNote: 'Wenn Sie die Adresse selbst geändert haben, schließen Sie diese Seite.',
    undoAct: 'Adresse wiederherstellen',
    undone: 'Ihre Adresse gilt wieder',
    undoneLead:
      'Alle Geräte sind abgemeldet, und mit dem bisherigen Passwort kann sich niemand mehr anmelden. Wählen Sie jetzt ein neues.',
    undoneAct: 'Neues Passwort wählen',
    undoOver: 'Dieser Link gilt nicht mehr',
    undoOverLead:
      'Er gilt einmal und 7 Tage lang. Wenn Ihr Konto eine Adresse hat, die Sie nicht kennen, wenden Sie sich an den Support.',
  },
  erasure: {
    title: 'Konto behalten?',
    lead: 'Ihr Konto wird gelöscht. Mit dem Knopf behalten Sie es, wie es war.',
    note: 'Wenn Sie es löschen möchten, schließen Sie diese Seite: Sie müssen nichts tun.',
    act: 'Mein Konto behalten',
    done: 'Ihr Konto bleibt',
    doneLead:
      'Es ist, wie es vorher war. Alle Geräte sind abgemeldet: melden Sie sich mit Ihrem Passwort an.',
    over: 'Dieser Link gilt nicht mehr',
    overLead:
      'Er gilt einmal, bis das Konto gelöscht ist. Wenn Sie sich nicht anmelden können, wenden Sie sich an den Support.',
  },
  deny: {
    title: 'Waren Sie das nicht?',
    lead: 'Melden Sie mit dem Knopf das Gerät ab, das die Mail beschreibt.',
    everything: 'Auch alle meine anderen Geräte abmelden und ein neues Passwort verlangen.',
    act: 'Dieses Gerät abmelden',
    done: 'Das Gerät ist abgemeldet',
    doneOne: 'Wenn jemand Ihr Passwort kennen könnte, legen Sie ein neues fest.',
    doneAll: 'Alle Geräte sind abgemeldet. Legen Sie jetzt ein neues Passwort fest.',
    reset: 'Neues Passwort festlegen',
    failed:
      'Dieser Link gilt nicht mehr. Wenn Sie sich nicht selbst angemeldet haben, legen Sie ein neues Passwort fest.',
  },
}
