import type { AuthState } from '@keyhaven/client'

declare global {
  namespace App {
    interface Locals {
      auth: AuthState
    }
  }
}
