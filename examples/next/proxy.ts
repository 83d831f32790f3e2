export { keyhavenProxy as proxy } from '@keyhaven/client/next'
