import { deleteDevice } from '../endpoints/devices/delete-device.ts'
import { getDevices } from '../endpoints/devices/get-devices.ts'
import { route } from '../http/route.ts'

/** Routes of devices: method and path, who may call and how often, endpoint. */
export const devicesRoutes = [
  route('GET /devices', { who: 'session', limit: 'read', fresh: false }, getDevices),
  route('DELETE /devices/:id', { who: 'session', limit: 'ending', fresh: true }, deleteDevice),
]
