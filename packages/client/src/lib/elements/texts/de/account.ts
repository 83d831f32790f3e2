import type { AccountWords } from '../en/account.ts'

/** Words of the account page, in German. */
export const account: AccountWords = {
  title: 'Ihr Konto',
  loading: 'Ihr Konto wird geladen',
  change: 'Ändern',
  justNow: 'gerade eben',
  profile: {
    title: 'Profil',
    lead: 'Ihre Namen, und die Sprache, in der Sie Mails bekommen.',
    name: { label: 'Name', act: 'Name speichern', said: 'Name gespeichert.' },
    username: {
      label: 'Benutzername',
      act: 'Benutzername speichern',
      said: 'Benutzername gespeichert.',
    },
    locale: {
      label: 'Sprache der Mails',
      act: 'Sprache speichern',
      said: 'Sprache gespeichert.',
    },
    usernameHelp: 'Damit können Sie sich anmelden, wie mit Ihrer E-Mail.',
    none: 'Keiner',
    anyLanguage: 'Die Sprache des Browsers',
    taken: 'Diesen Benutzernamen hat ein anderes Konto: wählen Sie einen anderen.',
  },
  address: {
    title: 'E-Mail-Adresse',
    lead: 'Damit melden Sie sich an, und dorthin gehen die Mails zu Ihrem Konto.',
    confirmed: 'bestätigt',
    unconfirmed: 'nicht bestätigt',
    waits: 'noch nicht bestätigt',
    enter: 'Code eingeben',
    newLabel: 'Neue E-Mail',
    help: (email) =>
      `Dort bekommen Sie eine Mail zur Bestätigung. Bis dahin ist Ihre Adresse ${email}.`,
    missing: 'Geben Sie Ihre neue E-Mail-Adresse ein.',
    act: 'Mail senden',
    sent: (email) =>
      `Eine Mail an ${email} ist unterwegs. Öffnen Sie ihren Link in diesem Browser, oder geben Sie ihren Code ein.`,
    codeHelp: (email) =>
      `Acht Zeichen, neben dem Link in der Mail. Bis dahin ist Ihre Adresse ${email}.`,
    expired:
      'Dieser Code ist abgelaufen. Ändern Sie die Adresse noch einmal, dann bekommen Sie einen neuen.',
    confirm: 'Adresse bestätigen',
    now: (email, canUndo) =>
      `Ihre Adresse ist jetzt ${email}.${
        canUndo ? ' Sieben Tage lang macht ein Link in der Mail an die alte das rückgängig.' : ''
      }`,
  },
  password: {
    title: 'Passwort',
    lead: 'Ein anderes Passwort beendet alle Ihre Sitzungen auf anderen Geräten und in anderen Browsern.',
    hidden: '••••••••',
    current: 'Jetziges Passwort',
    missing: {
      current: 'Geben Sie Ihr jetziges Passwort ein.',
      password: 'Wählen Sie ein Passwort.',
    },
    wrong: 'Das ist nicht Ihr jetziges Passwort.',
    act: 'Passwort setzen',
    said: 'Passwort geändert. Ihre anderen Sitzungen sind beendet.',
    forgot: 'Vergessen?',
    mailLead:
      'Wenn Sie Ihr Passwort nicht wissen oder noch keines haben, können Sie mit einer Mail eines wählen. Alle Ihre Geräte werden dann abgemeldet.',
    mailAct: 'Mail senden',
    sent: (email) =>
      `Eine Mail an ${email} ist unterwegs. Öffnen Sie ihren Link, oder geben Sie ihren Code ein, und wählen Sie ein Passwort.`,
  },
  factors: {
    title: 'Zweite Faktoren',
    lead: 'Mit einem davon reicht Ihr Passwort nicht mehr, um sich anzumelden. Mit einem Passkey melden Sie sich auch ohne Passwort an.',
    empty:
      'Sie haben noch keinen zweiten Faktor. Fügen Sie einen Passkey hinzu oder die Authenticator-App auf Ihrem Telefon.',
    totp: 'Authenticator-App',
    passkey: 'Passkey',
    added: (ago) => `Hinzugefügt ${ago}`,
    used: (ago) => `Zuletzt verwendet ${ago}`,
    unused: 'Noch nicht verwendet',
    rename: 'Umbenennen',
    renameAct: 'Name speichern',
    renamed: (name) => `Der Passkey heißt jetzt „${name}“.`,
    nameMissing: 'Geben Sie einen Namen ein.',
    remove: 'Entfernen',
    codes: 'Wiederherstellungscodes',
    left: (count) => `${count} übrig. Jeder gilt einmal.`,
    none: 'keiner übrig',
    few: 'wenige übrig',
    renew: 'Neue Codes',
    addPasskey: 'Passkey hinzufügen',
    addApp: 'Authenticator-App hinzufügen',
    addAppDoing: 'Einen Moment …',
    passkeyName: 'Name des Passkeys',
    passkeyHelp:
      'Ihr Browser fragt dann nach dem Ort: dieses Gerät, ein Telefon oder ein Sicherheitsschlüssel.',
    create: 'Passkey anlegen',
    creating: 'Einen Moment …',
    passkeyAdded: (name) => `Passkey „${name}“ hinzugefügt. Ihre anderen Sitzungen sind beendet.`,
    app: 'App hinzufügen',
    appOver: 'Dieses Geheimnis ist abgelaufen. Brechen Sie ab, und fügen Sie die App neu hinzu.',
    appAdded: 'Authenticator-App hinzugefügt. Ihre anderen Sitzungen sind beendet.',
    removeTitle: (name) => `„${name}“ entfernen?`,
    removeLead: 'Sie können sich damit nicht mehr anmelden, und Ihre anderen Sitzungen enden.',
    removeLast:
      'Es ist Ihr letzter zweiter Faktor. Mit ihm enden Ihre Wiederherstellungscodes und Ihre anderen Sitzungen. Von da an schützt nur Ihr Passwort Ihr Konto.',
    removeAct: { totp: 'App entfernen', passkey: 'Passkey entfernen' },
    removing: 'Wird entfernt …',
    removed: (name) => `„${name}“ entfernt. Ihre anderen Sitzungen sind beendet.`,
    renewTitle: 'Neue Wiederherstellungscodes?',
    renewLead: (count) =>
      `Sie bekommen zehn neue${
        count === 0
          ? ''
          : count === 1
            ? ', und der eine, der noch übrig ist, gilt nicht mehr'
            : `, und die ${count}, die noch übrig sind, gelten nicht mehr`
      }. Ihre anderen Sitzungen enden.`,
    renewAct: 'Neue Codes anlegen',
    renewed: 'Sie haben zehn neue Wiederherstellungscodes. Ihre anderen Sitzungen sind beendet.',
  },
  devices: {
    title: 'Geräte',
    lead: 'Auf diesen sind oder waren Sie angemeldet. Beenden Sie die Sitzung eines Geräts, das Sie nicht kennen oder nicht mehr verwenden: es wird sofort abgemeldet.',
    unnamed: 'Ein Gerät ohne Namen',
    here: 'dieses Gerät',
    changed: { address: 'anderes Netz', browser: 'anderer Browser' },
    now: 'Jetzt aktiv',
    active: (ago) => `Aktiv ${ago}`,
    since: (when) => `Angemeldet ${when}`,
    from: (address) => `von ${address}`,
    signedOut: 'Abgemeldet',
    used: (ago) => `Zuletzt verwendet ${ago}`,
    out: 'Abmelden',
    end: 'Sitzung beenden',
    forget: 'Vergessen',
    ended: 'Sitzung beendet.',
    forgotten: 'Gerät vergessen. Wenn es sich wieder anmeldet, bekommen Sie eine Mail.',
    endOthers: (count) =>
      count === 1 ? 'Die andere Sitzung beenden' : `Die ${count} anderen Sitzungen beenden`,
    othersEnded: (count) =>
      count === 1 ? 'Die andere Sitzung ist beendet.' : `${count} andere Sitzungen sind beendet.`,
  },
  keys: {
    title: 'API-Schlüssel',
    lead: 'Ein Schlüssel tut in Ihrem Namen, was Sie für ihn ankreuzen. Er braucht kein Passwort: halten Sie ihn geheim.',
    empty: 'Noch keine API-Schlüssel. Mit einem Schlüssel ruft ein Skript Ihre APIs auf.',
    add: 'Neuer API-Schlüssel',
    name: 'Name',
    nameHelp: 'Daran erkennen Sie ihn wieder, zum Beispiel „Backup-Skript“.',
    nameMissing: 'Geben Sie einen Namen ein.',
    life: 'Endet nach',
    days: (days) => (days === 365 ? '1 Jahr' : `${days} Tagen`),
    scope: 'Was er darf',
    scopeMissing: 'Kreuzen Sie mindestens eines an, das der Schlüssel darf.',
    noScope: 'Er darf lesen, wer Sie sind, und sonst nichts.',
    act: 'Schlüssel anlegen',
    once: {
      title: 'API-Schlüssel speichern',
      lead: 'Er wird nur jetzt gezeigt. Legen Sie ihn dort ab, wo Ihr Skript ihn liest, oder im Passwort-Manager.',
      label: 'API-Schlüssel',
      copy: 'Schlüssel kopieren',
      copied: 'Der Schlüssel ist kopiert.',
      notCopied: 'Der Browser hat es nicht erlaubt. Markieren und kopieren Sie den Schlüssel.',
      saved: 'Ich habe ihn gespeichert',
    },
    made: (name) => `API-Schlüssel „${name}“ angelegt.`,
    used: (ago) => `Zuletzt verwendet ${ago}`,
    unused: 'Noch nicht verwendet',
    ends: (day) => `Endet am ${day}`,
    nothing: 'Darf lesen, wer Sie sind',
    remove: 'Entfernen',
    removeTitle: (name) => `„${name}“ entfernen?`,
    removeLead:
      'Skripte, die diesen Schlüssel verwenden, können Ihre APIs von diesem Moment an nicht mehr aufrufen.',
    removeAct: 'Schlüssel entfernen',
    removing: 'Wird entfernt …',
    removed: (name) => `„${name}“ entfernt.`,
  },
  export: {
    title: 'Ihre Daten',
    lead: 'Alles, was für die Anmeldung von Ihnen gespeichert ist, in einer Datei. Sie enthält keine Passwörter und keine Schlüssel.',
    act: 'Daten herunterladen',
    doing: 'Wird gelesen …',
    said: (file) => `Ihre Daten sind in der Datei ${file}.`,
  },
  erase: {
    title: 'Konto löschen',
    lead: 'Sie werden sofort abgemeldet. Bis das Konto gelöscht ist, macht ein Link in einer Mail es rückgängig; danach ist es endgültig.',
    begin: 'Konto löschen',
    confirmTitle: 'Konto löschen?',
    ends: (email, count) =>
      `Das Konto ${email} kann von jetzt an nicht mehr verwendet werden. ${
        count === undefined
          ? 'Alle Sitzungen enden sofort.'
          : count === 1
            ? 'Ihre Sitzung endet sofort.'
            : `Alle ${count} Sitzungen enden sofort.`
      }`,
    undo: 'Später wird es gelöscht, mit Ihren Namen, Adresse, Passwort, zweiten Faktoren, API-Schlüsseln und Geräten. Bis dahin macht ein Link in der Mail, die Sie bekommen, das rückgängig.',
    act: 'Konto löschen',
    doing: 'Wird gelöscht …',
    doneTitle: 'Ihr Konto wird gelöscht',
    done: (email) =>
      `Sie sind überall abgemeldet. Das Konto ${email} wird zu dieser Zeit gelöscht:`,
    mind: 'Haben Sie es sich anders überlegt? Die Mail an diese Adresse hat einen Link, der das bis dahin rückgängig macht.',
    signIn: 'Zum Anmeldeformular',
  },
}
