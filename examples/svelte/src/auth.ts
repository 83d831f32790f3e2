import { createAuth } from '@keyhaven/client'
import { access } from '../../api/access.ts'

export const auth = createAuth({ url: '/auth', access })
