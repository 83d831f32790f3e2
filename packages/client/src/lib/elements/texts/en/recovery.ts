/** Words of mailed links and forgotten passwords, in English. */
export const recovery = {
  verify: {
    sent: 'If this address waits for its confirmation, a mail is on its way. Look into the spam folder too.',
    title: 'Confirm your e-mail address',
    lead: 'Press the button to confirm that this address is yours.',
    leadCode: 'Enter the code from the mail, or open the link in it.',
    act: 'Confirm address',
    password:
      'You signed up in another browser or on another device. Choose a password, which replaces the one that was given there.',
    passwordAct: 'Set password and confirm',
    done: 'Your address is confirmed',
    signedIn: 'You are signed in.',
    signIn: 'Sign in with your new password.',
    again: 'Enter your address to get a new mail.',
    failed: 'This link does not confirm an address any more. Enter your address to get a new mail.',
  },
  reset: {
    sent: 'If this address has an account, a mail is on its way. Look into the spam folder too.',
    request: 'Forgot your password?',
    requestLead:
      'Enter your e-mail address. You get a mail with a link to choose another password.',
    requestAct: 'Send mail',
    title: 'Choose a new password',
    lead: 'When you set it, all your devices are signed out, also this one.',
    leadCode: 'Enter the code from the mail, or open the link in it.',
    act: 'Set password',
    done: 'Your password is changed',
    doneLead: 'All devices are signed out. Sign in with the new password.',
    failed: 'This link does not work any more. Enter your address to get a new mail.',
  },
  emailChange: {
    title: 'Confirm your new e-mail address',
    lead: 'Press the button to use this address for your account from now on.',
    leadCode: 'Enter the code from the mail, or open the link in it.',
    act: 'Confirm address',
    done: 'Your address is changed',
    doneLead: 'Sign in with the new address from now on. Your former address gets a mail about it.',
    elsewhere: 'Sign in to confirm the address',
    elsewhereLead:
      'This browser is not signed in to the account that gets the address. Sign in here and open the link again, or enter the code from the mail in the browser in which you requested the change.',
    over: 'This link does not work any more',
    overLead: 'It works once, for one hour. Change the address again in your account.',
    undoTitle: 'Bring this address back?',
    undoLead:
      'Your account gets the address back to which the link was mailed. All devices are signed out, and you choose a new password.',
    undoNote: 'If you changed the address yourself, close this page.',
    undoAct: 'Bring address back',
    undone: 'Your address is back',
    undoneLead:
      'All devices are signed out, and the former password no longer signs anyone in. Choose a new one now.',
    undoneAct: 'Choose a new password',
    undoOver: 'This link does not work any more',
    undoOverLead:
      'It works once, for 7 days. If your account has an address that you don’t know, contact support.',
  },
  erasure: {
    title: 'Keep your account?',
    lead: 'Your account will be erased. Press the button to keep it as it was.',
    note: 'If you want it erased, close this page: you need to do nothing.',
    act: 'Keep my account',
    done: 'Your account stays',
    doneLead: 'It is as it was before. All devices are signed out: sign in with your password.',
    over: 'This link does not work any more',
    overLead: 'It works once, until the account is erased. If you can’t sign in, contact support.',
  },
  deny: {
    over: 'This link does not work any more',
    title: 'Was this not you?',
    lead: 'Press the button to sign out the device that the mail describes.',
    everything: 'Also sign out all my other devices, and require another password.',
    act: 'Sign that device out',
    done: 'That device is signed out',
    doneOne: 'If you think that another person knows your password, set another one.',
    doneAll: 'All devices are signed out. Set another password now.',
    reset: 'Set another password',
    failed: 'If you did not sign in yourself, set another password.',
  },
  olderFactor: {
    lead: 'Prove that it is you, by a second factor that your account had before.',
    none: 'I don’t have it at hand',
    pauseTitle: 'Pause your account?',
    pauseLead:
      'All devices are signed out, and for 7 days no mail can sign in or set a password. You can still sign in with your password and your second factor.',
    pauseNote: 'Then contact support, who decides whose account it is.',
    pauseAct: 'Pause account',
    back: 'Go back',
    paused: 'Your account is paused',
    pausedLead:
      'All devices are signed out, and for 7 days no mail can sign in or set a password. Contact support within that time.',
  },
}

/** The words of mailed links and forgotten passwords. */
export type RecoveryWords = typeof recovery
