import { provideHttpClient, withInterceptors } from '@angular/common/http'
import { provideZonelessChangeDetection } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import { provideRouter } from '@angular/router'
import { createAuth } from '@keyhaven/client'
import { keyhavenGuard, keyhavenInterceptor, provideKeyhaven } from '@keyhaven/client/angular'
import '@keyhaven/client/elements'
import { access } from '../../api/access'
import { Account } from './account'
import { App } from './app'
import { Home } from './home'

void bootstrapApplication(App, {
  providers: [
    provideZonelessChangeDetection(),
    provideKeyhaven(createAuth({ url: '/auth', access })),
    provideHttpClient(withInterceptors([keyhavenInterceptor])),
    provideRouter([
      { path: 'account', component: Account, canMatch: [keyhavenGuard()] },
      { path: '**', component: Home },
    ]),
  ],
})
