import { setWords } from '@keyhaven/client/elements'
import { sentences } from './views/ended.tsx'

/** Words of the elements that are the application's own. */
setWords({
  kit: { problems: sentences },
  entry: {
    signIn: { title: 'Sign in to Notes' },
    signUp: { title: 'Sign up for Notes' },
  },
})
