import type { LayoutServerLoad } from './$types'

/** The server reads who is signed in, and draws the page for them. */
export const load: LayoutServerLoad = ({ locals }) => ({ initial: locals.auth })
