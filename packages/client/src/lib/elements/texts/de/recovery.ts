import type { RecoveryWords } from '../en/recovery.ts'

/** Words of mailed links and forgotten passwords, in German. */
export const recovery: RecoveryWords = {
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
  reset: {
    sent: 'Wenn zu dieser Adresse ein Konto gehört, ist eine Mail unterwegs. Sehen Sie auch im Spam-Ordner nach.',
    request: 'Passwort vergessen?',
    requestLead:
      'Geben Sie Ihre E-Mail-Adresse ein. Sie bekommen eine Mail mit einem Link, um ein anderes Passwort zu wählen.',
    requestAct: 'Mail senden',
    title: 'Neues Passwort wählen',
    lead: 'Danach sind alle Ihre Geräte abgemeldet, auch dieses.',
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
    over: 'Dieser Link gilt nicht mehr',
    title: 'Waren Sie das nicht?',
    lead: 'Melden Sie mit dem Knopf das Gerät ab, das die Mail beschreibt.',
    everything: 'Auch alle meine anderen Geräte abmelden und ein neues Passwort verlangen.',
    act: 'Dieses Gerät abmelden',
    done: 'Das Gerät ist abgemeldet',
    doneOne: 'Wenn jemand Ihr Passwort kennen könnte, legen Sie ein neues fest.',
    doneAll: 'Alle Geräte sind abgemeldet. Legen Sie jetzt ein neues Passwort fest.',
    reset: 'Neues Passwort festlegen',
    failed: 'Wenn Sie sich nicht selbst angemeldet haben, legen Sie ein neues Passwort fest.',
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
}
