import { setWords } from '@keyhaven/client/elements'
import { sentences } from './views/ended.tsx'

/** Words of the elements that are the application's own. */
setWords({
  kit: { problems: sentences },
  entry: {
    signIn: { title: 'Sign in to Notes' },
    signUp: { title: 'Sign up for Notes' },
  },
  account: {
    erase: {
      undo: 'Later it is erased, with your name, address, password, second factors and devices. Until then a link in the mail that you get undoes it. Your notes are not part of it: delete them first.',
    },
  },
})
