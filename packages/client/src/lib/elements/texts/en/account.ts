/** Words of the account page, in English. */
export const account = {
  title: 'Your account',
  loading: 'Your account is loading',
  change: 'Change',
  justNow: 'just now',
  profile: {
    title: 'Profile',
    lead: 'Your names, and the language in which you get mails.',
    name: { label: 'Name', act: 'Save name', said: 'Name saved.' },
    username: { label: 'User name', act: 'Save user name', said: 'User name saved.' },
    locale: { label: 'Language of mails', act: 'Save language', said: 'Language saved.' },
    usernameHelp: 'You can sign in with it, as with your e-mail.',
    none: 'None',
    anyLanguage: 'The language of the browser',
    taken: 'Another account has this user name. Choose a different one.',
  },
  address: {
    title: 'E-mail address',
    lead: 'You sign in with it, and it gets the mails about your account.',
    confirmed: 'confirmed',
    unconfirmed: 'not confirmed',
    waits: 'not confirmed yet',
    enter: 'Enter a code',
    newLabel: 'New e-mail',
    help: (email: string): string =>
      `You get a mail there to confirm it. Until then your address is ${email}.`,
    missing: 'Enter your new e-mail address.',
    act: 'Send mail',
    sent: (email: string): string =>
      `A mail is on its way to ${email}. Open its link in this browser, or enter its code.`,
    codeHelp: (email: string): string =>
      `Eight characters, beside the link in the mail. Until then your address is ${email}.`,
    expired: 'This code has expired. Change the address again to get another one.',
    confirm: 'Confirm address',
    now: (email: string, canUndo: boolean): string =>
      `Your address is now ${email}.${
        canUndo ? ' For 7 days a link in a mail to the former one undoes this.' : ''
      }`,
  },
  password: {
    title: 'Password',
    lead: 'Another password ends all your sessions on other devices and in other browsers.',
    hidden: '••••••••',
    current: 'Current password',
    missing: { current: 'Enter your current password.', password: 'Choose a password.' },
    wrong: 'This is not your current password.',
    act: 'Set password',
    said: 'Password changed. Your other sessions have ended.',
    forgot: 'Forgot it?',
    mailLead:
      'If you don’t know your password, or have none yet, a mail lets you choose one. All your devices are then signed out.',
    mailAct: 'Send mail',
    sent: (email: string): string =>
      `A mail is on its way to ${email}. Open its link, or enter its code, to choose a password.`,
  },
  factors: {
    title: 'Second factors',
    lead: 'With one of them your password is not enough to sign in. A passkey also signs you in without it.',
    empty: 'You have no second factor yet. Add a passkey, or the authenticator app on your phone.',
    totp: 'Authenticator app',
    passkey: 'Passkey',
    added: (ago: string): string => `Added ${ago}`,
    used: (ago: string): string => `Last used ${ago}`,
    unused: 'Not used yet',
    rename: 'Rename',
    renameAct: 'Save name',
    renamed: (name: string): string => `The passkey is now “${name}”.`,
    nameMissing: 'Enter a name.',
    remove: 'Remove',
    codes: 'Recovery codes',
    left: (count: number): string =>
      `${count} ${count === 1 ? 'is' : 'are'} left. Each works once.`,
    none: 'none left',
    few: 'few left',
    renew: 'New codes',
    addPasskey: 'Add a passkey',
    addApp: 'Add an authenticator app',
    addAppDoing: 'One moment …',
    passkeyName: 'Name of the passkey',
    passkeyHelp: 'Your browser then asks for the place: this device, a phone or a security key.',
    create: 'Create passkey',
    creating: 'Waiting…',
    passkeyAdded: (name: string): string =>
      `Passkey “${name}” added. Your other sessions have ended.`,
    app: 'Add app',
    appOver: 'This secret has expired. Cancel, and add the app again.',
    appAdded: 'Authenticator app added. Your other sessions have ended.',
    removeTitle: (name: string): string => `Remove “${name}”?`,
    removeLead: 'You can’t sign in with it any more, and your other sessions end.',
    removeLast:
      'It is your last second factor. Your recovery codes end with it, and your other sessions. From then on only your password protects your account.',
    removeAct: { totp: 'Remove app', passkey: 'Remove passkey' },
    removing: 'Removing…',
    removed: (name: string): string => `Removed “${name}”. Your other sessions have ended.`,
    renewTitle: 'Make new recovery codes?',
    renewLead: (count: number): string =>
      `You get ten new ones${
        count === 0
          ? ''
          : count === 1
            ? ', and the one that is left no longer counts'
            : `, and the ${count} that are left no longer count`
      }. Your other sessions end.`,
    renewAct: 'Make new codes',
    renewed: 'You have ten new recovery codes. Your other sessions have ended.',
  },
  devices: {
    title: 'Devices',
    lead: 'You are signed in on these, or have been. End the session of one that you don’t know or no longer use: it is signed out at once.',
    unnamed: 'A device without a name',
    here: 'this device',
    changed: { address: 'other network', browser: 'other browser' },
    now: 'Active now',
    active: (ago: string): string => `Active ${ago}`,
    since: (when: string): string => `Signed in ${when}`,
    from: (address: string): string => `from ${address}`,
    signedOut: 'Signed out',
    used: (ago: string): string => `Last used ${ago}`,
    out: 'Sign out',
    end: 'End session',
    forget: 'Forget',
    ended: 'Session ended.',
    forgotten: 'Device forgotten. You get a mail when it signs in again.',
    endOthers: (count: number): string =>
      count === 1 ? 'End the other session' : `End the ${count} other sessions`,
    othersEnded: (count: number): string =>
      count === 1 ? 'The other session has ended.' : `${count} other sessions ended.`,
  },
  keys: {
    title: 'API keys',
    lead: 'A key does on your behalf what you tick for it. It needs no password, so keep it secret.',
    empty: 'No API keys yet. A key lets a script call your APIs.',
    add: 'New API key',
    name: 'Name',
    nameHelp: 'By which you know it again, such as “Backup script”.',
    nameMissing: 'Enter a name.',
    life: 'Ends after',
    days: (days: number): string => (days === 365 ? '1 year' : `${days} days`),
    scope: 'What it may do',
    scopeMissing: 'Tick at least one thing that the key may do.',
    noScope: 'It may read who you are, and nothing else.',
    act: 'Make key',
    once: {
      title: 'Save your API key',
      lead: 'It is shown only now. Put it where your script reads it, or into your password manager.',
      label: 'API key',
      copy: 'Copy key',
      copied: 'The key is copied.',
      notCopied: 'The browser did not allow it. Select the key and copy it.',
      saved: 'I have saved it',
    },
    made: (name: string): string => `API key “${name}” made.`,
    used: (ago: string): string => `Last used ${ago}`,
    unused: 'Not used yet',
    ends: (day: string): string => `Ends ${day}`,
    nothing: 'May read who you are',
    remove: 'Remove',
    removeTitle: (name: string): string => `Remove “${name}”?`,
    removeLead: 'Scripts that use this key can’t call your APIs any more, from this moment on.',
    removeAct: 'Remove key',
    removing: 'Removing…',
    removed: (name: string): string => `Removed “${name}”.`,
  },
  export: {
    title: 'Your data',
    lead: 'All that is stored of you for signing in, in one file. It has no passwords and no keys.',
    act: 'Download your data',
    doing: 'Reading…',
    said: (file: string): string => `Your data is in the file ${file}.`,
  },
  erase: {
    title: 'Erase your account',
    lead: 'You are signed out at once. Until it is erased a link in a mail undoes it; then it is final.',
    begin: 'Erase account',
    confirmTitle: 'Erase your account?',
    ends: (email: string, count: number | undefined): string =>
      `The account ${email} can’t be used from now on. ${
        count === undefined
          ? 'Every session ends at once.'
          : count === 1
            ? 'Your session ends at once.'
            : `All ${count} sessions end at once.`
      }`,
    undo: 'Later it is erased, with your names, address, password, second factors, API keys and devices. Until then a link in the mail that you get undoes it.',
    act: 'Erase account',
    doing: 'Erasing…',
    doneTitle: 'Your account will be erased',
    done: (email: string): string =>
      `You are signed out everywhere. The account ${email} is erased at this time:`,
    mind: 'Did you change your mind? The mail to this address has a link that undoes it until then.',
    signIn: 'Go to the sign-in form',
  },
}

/** The words of the account page. */
export type AccountWords = typeof account
