import { createAuth } from '@keyhaven/client'
import { access } from '../access.ts'

/** The page's one store. It holds no token: the browser does, where script can't read it. */
export const auth = createAuth({ url: '/auth', access })
