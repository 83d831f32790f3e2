/** The smallest page with a form to sign in. */
import '@keyhaven/client/elements'
import './plain.ts'

document.body.append(document.createElement('keyhaven-sign-in'))
