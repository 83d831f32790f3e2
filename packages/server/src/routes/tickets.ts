import { route } from '../http/route.ts'
import { late } from './late.ts'

/** Routes of tickets: method and path, who may call and how often, endpoint. */
export const ticketsRoutes = [
  route('POST /tickets', { who: 'account', limit: 'tickets', fresh: false }, late('postTickets')),
  route('POST /tickets/redeem', { who: 'guard', limit: 'redeemed' }, late('postTicketsRedeem')),
]
