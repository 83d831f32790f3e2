import { route } from '../http/route.ts'
import { late } from './late.ts'

/** Routes of devices: method and path, who may call and how often, endpoint. */
export const devicesRoutes = [
  route('GET /devices', { who: 'session', limit: 'read', fresh: false }, late('getDevices')),
  route(
    'DELETE /devices/:id',
    { who: 'session', limit: 'ending', fresh: true },
    late('deleteDevice'),
  ),
]
