import { createAuth } from '@keyhaven/client'
import { access } from '../access.ts'

/** The page's one store. It has no token: the browser keeps that in a cookie that scripts can't read. */
export const auth = createAuth({ url: '/auth', access })
