import { postTicketsRedeem } from '../endpoints/tickets/post-tickets-redeem.ts'
import { postTickets } from '../endpoints/tickets/post-tickets.ts'
import { route } from '../http/route.ts'

/** Routes of tickets: method and path, who may call and how often, endpoint. */
export const ticketsRoutes = [
  route('POST /tickets', { who: 'account', limit: 'tickets', fresh: false }, postTickets),
  route('POST /tickets/redeem', { who: 'guard', limit: 'redeemed' }, postTicketsRedeem),
]
