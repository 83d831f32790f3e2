import { redirect } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

/** A private route: the server sends visitors to the sign-in. */
export const load: PageServerLoad = ({ locals }) => {
  if (locals.auth.status === 'signed-out') redirect(303, '/')
}
